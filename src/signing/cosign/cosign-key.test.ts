import { verify } from 'node:crypto';
import { chmodSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { ecKeys } from '../../../test/fakes/signing/certificates.ts';
import { fitKinds, pemOf, unfitKinds, writeTestFile } from '../../../test/fakes/signing/cosign-keys.ts';
import { digestOf } from '../../oci/index.ts';
import { loadCosignKey } from './cosign-key.ts';

const load = (path: string) => loadCosignKey({ signer: 'own', path });

async function fault(pem: string, mode?: number) {
  const path = writeTestFile(pem, mode);
  const error: unknown = await load(path).catch((error: unknown) => error);
  expect(error).toMatchObject({ code: 'signing.failed', details: { signer: 'own', failed: [path] } });
  const { message, hint } = error as { message: string; hint: string };
  expect(`${message} ${hint}`).not.toMatch(/[A-Za-z0-9+/]{60}/);
  return { message, hint };
}

describe('a key for cosign', () => {
  test.each(fitKinds)(
    'of kind $kind signs the SHA-256 of the data as cosign wants it',
    async ({ makeKeys }) => {
      const keys = makeKeys();
      const key = await load(writeTestFile(pemOf(keys).key));
      const data = Buffer.from('data');
      expect(verify('sha256', data, keys.publicKey, await key.sign(data))).toBe(true);
      const der = keys.publicKey.export({ type: 'spki', format: 'der' });
      expect(key.publicKey.fingerprint).toBe(digestOf(der).slice('sha256:'.length));
      expect(key.publicKey.key.equals(keys.publicKey)).toBe(true);
    },
  );

  test('is taken in SEC 1, with other blocks around it', async () => {
    const { privateKey, publicKey } = ecKeys();
    const pem = `${publicKey.export({ type: 'spki', format: 'pem' })}${privateKey.export({ type: 'sec1', format: 'pem' })}`;
    expect((await load(writeTestFile(pem))).publicKey.key.equals(publicKey)).toBe(true);
  });

  test.each(unfitKinds)(
    'of kind $kind is refused, since cosign does not work with it',
    async ({ makeKeys }) => {
      expect(await fault(pemOf(makeKeys()).key)).toEqual({
        message: expect.stringMatching(
          /^signer "own": the key in ".*" is of a kind that cosign does not work with, expected P-256, or RSA of 2048 bits or more$/,
        ),
        hint: expect.stringContaining('openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256'),
      });
    },
  );

  test.each(['SIGSTORE', 'COSIGN'])(
    'that cosign has encrypted ("%s") is refused with the way out',
    async (by) => {
      const label = `ENCRYPTED ${by} PRIVATE KEY`;
      expect(await fault(`-----BEGIN ${label}-----\neyJrZGYi\n-----END ${label}-----\n`)).toEqual({
        message: expect.stringMatching(/the private key in ".*" is encrypted by cosign$/),
        hint: expect.stringMatching(/unencrypted PKCS#8 PEM .* only its owner can read/),
      });
    },
  );

  test('that openssl has encrypted is refused', async () => {
    const { privateKey } = ecKeys();
    const cipher = { cipher: 'aes-256-cbc', passphrase: 'x' } as const;
    const pem = String(privateKey.export({ type: 'pkcs8', format: 'pem', ...cipher }));
    expect(await fault(pem)).toMatchObject({ message: expect.stringMatching(/is encrypted$/) });
  });

  test.each([0o640, 0o604, 0o660])(
    'that others can read (mode %o) is worth a warning, until they cannot',
    async (mode) => {
      const path = writeTestFile(pemOf(ecKeys()).key, mode);
      expect((await load(path)).warnings).toEqual([
        `key file "${path}" can be read by other users (mode 0${mode.toString(8)}): set it to 0600`,
      ]);
      chmodSync(path, 0o400);
      expect((await load(path)).warnings).toEqual([]);
    },
  );

  test.each([
    ['nothing', '', /holds no private key/],
    ['a public key', pemOf(ecKeys()).pub, /found "PUBLIC KEY"/],
    ['two keys', pemOf(ecKeys()).key.repeat(2), /holds 2 private keys/],
  ])('is refused when there is %s in the file', async (_, pem, message) => {
    expect(await fault(pem)).toMatchObject({ message: expect.stringMatching(message) });
  });

  test('is refused when the file is not there', async () => {
    await expect(load('/nowhere/cosign.pem')).rejects.toMatchObject({
      code: 'signing.failed',
      message: expect.stringMatching(/^signer "own": cannot read "\/nowhere\/cosign.pem": ENOENT/),
    });
  });
});
