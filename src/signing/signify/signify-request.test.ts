import { describe, expect, test } from 'vitest';
import { type Digest, parseRepository } from '../../oci/index.ts';
import type { SigningTarget } from '../../signers/index.ts';
import { signifyRequest } from './signify-request.ts';

const hex = 'ab'.repeat(32);

function target(repository: string, changes: Partial<SigningTarget> = {}): SigningTarget {
  const parsed = parseRepository(repository);
  if (parsed === undefined) throw new Error(`"${repository}" is no repository`);
  const mediaType = 'application/vnd.oci.image.index.v1+json';
  const descriptor = { mediaType, digest: `sha256:${hex}` as Digest, size: 1607 };
  return { repository: parsed, descriptor, tags: ['v1'], metadata: {}, ...changes };
}

describe('an order', () => {
  test('has one collection for the image, with every tag as a target', () => {
    const body = signifyRequest(
      's',
      target('europe-docker.pkg.dev/proj/repo/img', { tags: ['v1', 'latest'] }),
    );
    expect(body).toEqual({
      trustedCollections: [
        {
          gun: 'europe-docker.pkg.dev/proj/repo/img',
          targets: [
            { name: 'v1', byteSize: 1607, digest: hex },
            { name: 'latest', byteSize: 1607, digest: hex },
          ],
        },
      ],
    });
  });

  test.each([
    ['alpine', 'index.docker.io/library/alpine'],
    ['docker.io/team/app', 'index.docker.io/team/app'],
    ['localhost:5000/a', 'localhost:5000/a'],
  ])('for %s has the GUN %s', (repository, gun) => {
    expect(signifyRequest('s', target(repository)).trustedCollections[0]?.gun).toBe(gun);
  });

  test('cannot be made for another algorithm than SHA-256', () => {
    const digest = `sha512:${'ab'.repeat(64)}` as Digest;
    const { descriptor } = target('r.io/a');
    expect(() => signifyRequest('s', target('r.io/a', { descriptor: { ...descriptor, digest } }))).toThrow(
      expect.objectContaining({
        code: 'signing.failed',
        message: `signer "s" cannot sign "r.io/a@${digest}": the service knows digests of sha256 alone`,
      }),
    );
  });

  test('cannot be made without a tag', () => {
    expect(() => signifyRequest('s', target('r.io/a', { tags: [] }))).toThrow(/the service signs by tag/);
  });
});
