import { describe, expect, test } from 'vitest';
import { ecKeys, issueChain } from '../../../test/fakes/signing/certificates.ts';
import { fitKinds, pemOf, unfitKinds, writeTestFile } from '../../../test/fakes/signing/cosign-keys.ts';
import { digestOf } from '../../oci/index.ts';
import { loadCosignKeys } from './load-cosign-keys.ts';

const { key: privatePem, pub } = pemOf(ecKeys());

async function problemOf(text: string): Promise<string> {
  const path = writeTestFile(text);
  const error: unknown = await loadCosignKeys([path]).catch((error: unknown) => error);
  expect(error).toMatchObject({
    code: 'config.invalid',
    message: 'a public key for cosign cannot be used',
    details: { problems: [{ source: path }] },
  });
  return (error as { details: { problems: [{ message: string }] } }).details.problems[0].message;
}

describe('loadCosignKeys', () => {
  test('reads one key a file, in their order', async () => {
    const keys = fitKinds.map(({ makeKeys }) => makeKeys());
    const paths = keys.map((pair) => writeTestFile(pemOf(pair).pub));
    const loaded = await loadCosignKeys(paths);
    expect(loaded.map(({ path, fingerprint }) => ({ path, fingerprint }))).toEqual(
      keys.map(({ publicKey }, at) => ({
        path: paths[at],
        fingerprint: digestOf(publicKey.export({ type: 'spki', format: 'der' })).slice(7),
      })),
    );
    expect(await loadCosignKeys([])).toEqual([]);
  });

  test.each(unfitKinds)(
    'refuses a key of kind $kind, with which cosign does not work',
    async ({ makeKeys }) => {
      expect(await problemOf(pemOf(makeKeys()).pub)).toMatch(
        /^holds a key of a kind that cosign does not work with, expected P-256, or RSA of 2048 bits or more$/,
      );
    },
  );

  test.each([
    ['nothing', '', /^holds nothing in PEM/],
    ['a private key', privatePem, /^holds a "PRIVATE KEY", expected a "PUBLIC KEY"$/],
    ['two keys', pub.repeat(2), /^holds 2 blocks in PEM, expected one/],
    ['both halves of a key', `${pub}${privatePem}`, /^holds 2 blocks in PEM, expected one/],
    [
      'a key that is cut off',
      pub.replace('\n-----END', 'AA\n-----END'),
      /^holds a public key that cannot be read$/,
    ],
    [
      'another thing under the label',
      pub.replace(/MFk.*/, 'AAAA'),
      /^holds a public key that cannot be read$/,
    ],
  ])('refuses %s', async (_, text, message) => {
    expect(await problemOf(text)).toMatch(message);
  });

  test('refuses a certificate', async () => {
    const { root } = await issueChain();
    expect(await problemOf(root.certificate.toString('pem'))).toMatch(/^holds a "CERTIFICATE"/);
  });

  test('tells all that is wrong at once, and how to make it right', async () => {
    const paths = [writeTestFile(''), writeTestFile(pub), writeTestFile(privatePem)];
    await expect(loadCosignKeys(paths)).rejects.toMatchObject({
      code: 'config.invalid',
      message: '2 public keys for cosign cannot be used',
      details: { problems: [{ source: paths[0] }, { source: paths[2] }] },
      hint: expect.stringContaining('cosign public-key'),
    });
  });

  test('tells which file is not there', async () => {
    await expect(loadCosignKeys([writeTestFile(''), '/nowhere/cosign.pub'])).rejects.toMatchObject({
      code: 'config.not-found',
      message: 'there is no public key "/nowhere/cosign.pub"',
      details: { path: '/nowhere/cosign.pub' },
    });
  });
});
