import { describe, expect, test } from 'vitest';
import type { FakeRegistryOptions } from '../../../test/fakes/registry/fake-registry.ts';
import {
  openTestClient,
  repositoryIn,
  startTestRegistry,
} from '../../../test/fakes/registry/open-registries.ts';
import { ecKeys } from '../../../test/fakes/signing/certificates.ts';
import { pemOf, trusted, writeTestFile } from '../../../test/fakes/signing/cosign-keys.ts';
import { digestOf, mediaTypes } from '../../oci/index.ts';
import { referrerAttacher } from '../../registry/index.ts';
import { cosignSigner } from './cosign-signer.ts';
import { verifyCosign } from './verify-cosign.ts';

const image = Buffer.from('{"schemaVersion":2}');
const descriptor = { mediaType: mediaTypes.ociManifest, digest: digestOf(image), size: image.length };

const warn = () => undefined;

/** A registry in memory, and signers with keys of their own over one artifact in it. */
async function stage(options: FakeRegistryOptions = {}) {
  const fake = await startTestRegistry(options);
  const { registry, clock } = openTestClient();
  const repository = repositoryIn(fake, 'team/app');
  const attach = referrerAttacher({ registry, random: () => 0, sleep: async () => {} });
  const target = { repository, descriptor, tags: ['v1'], metadata: { commit: '0123abc' } };
  const store = fake.repository('team/app');
  return {
    fake,
    target,
    signerWith: (keyPath: string) =>
      cosignSigner({ name: 'own', keyPath }, { registry, attach, clock: clock.read, warn }),
    verify: (...keys: Parameters<typeof trusted>[0][]) =>
      verifyCosign({ registry, repository, descriptor, keys: keys.map(trusted) }),
    manifest: (digest: string | undefined) => JSON.parse(String(store.manifests.get(digest ?? '')?.bytes)),
    list: () => {
      const index = store.tags.get(descriptor.digest.replace(':', '-')) ?? '';
      return JSON.parse(String(store.manifests.get(index)?.bytes)).manifests;
    },
  };
}

const fileOf = (keys: ReturnType<typeof ecKeys>) => writeTestFile(pemOf(keys).key);

describe('the cosign signer', () => {
  test('attaches a signature that counts, and says which', async () => {
    const { target, signerWith, verify, manifest, list } = await stage();
    const keys = ecKeys();
    const outcome = await signerWith(fileOf(keys)).sign(target);
    const { verified, rejected } = await verify(keys);
    expect(outcome).toEqual({ state: 'attached', signature: verified[0]?.digest, reused: false });
    expect({ verified, rejected }).toMatchObject({
      verified: [{ key: trusted(keys).fingerprint, metadata: { commit: '0123abc' } }],
      rejected: [],
    });
    const { annotations, artifactType } = manifest(outcome.signature);
    expect(annotations['org.opencontainers.image.created']).toBe('2026-03-04T05:06:07Z');
    expect(list()).toMatchObject([{ digest: outcome.signature, artifactType, annotations }]);
  });

  test('adds nothing where its signature is already', async () => {
    const { target, signerWith, list } = await stage();
    const signer = signerWith(fileOf(ecKeys()));
    const { signature } = await signer.sign(target);
    const again = await signer.sign({ ...target, metadata: { commit: 'another' } });
    expect(again).toEqual({ state: 'attached', signature, reused: true });
    expect(list()).toHaveLength(1);
  });

  test('does not take the signature of another key for its own', async () => {
    const { target, signerWith, verify, list } = await stage();
    const [first, second] = [ecKeys(), ecKeys()];
    await signerWith(fileOf(first)).sign(target);
    expect(await signerWith(fileOf(second)).sign(target)).toMatchObject({ reused: false });
    expect(list()).toHaveLength(2);
    expect((await verify(first, second)).verified).toHaveLength(2);
  });

  test('does not take its signature of another artifact for this one', async () => {
    const { target, signerWith } = await stage();
    const signer = signerWith(fileOf(ecKeys()));
    await signer.sign(target);
    const other = { ...descriptor, digest: digestOf('other') };
    expect(await signer.sign({ ...target, descriptor: other })).toMatchObject({ reused: false });
  });

  test('checks its key without asking the registry', async () => {
    const { fake, signerWith } = await stage();
    const signer = signerWith(fileOf(ecKeys()));
    expect(signer).toMatchObject({ name: 'own', kind: 'cosign' });
    await signer.check();
    const unfit = signerWith(fileOf(ecKeys('P-384')));
    await expect(unfit.check()).rejects.toMatchObject({ code: 'signing.failed', details: { signer: 'own' } });
    await expect(signerWith('/nowhere/key.pem').check()).rejects.toMatchObject({ code: 'signing.failed' });
    expect(fake.seen).toEqual([]);
  });

  test.each([
    [403, 'registry.refused'],
    [503, 'registry.unavailable'],
  ])('passes on that the registry answers %i', async (status, code) => {
    const { target, signerWith } = await stage({
      fault: ({ method }) => (method === 'PUT' || method === 'POST' ? { status } : undefined),
    });
    await expect(signerWith(fileOf(ecKeys())).sign(target)).rejects.toMatchObject({ code });
  });
});
