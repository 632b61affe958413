import { constants, generateKeyPairSync, sign, verify } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { ecKeys, rsaKeys } from '../../../test/fakes/signing/certificates.ts';
import { type KeySpec, keySpecNames, keySpecOf, signRaw, verifyRaw } from './key-spec.ts';

const data = Buffer.from('data');

describe('keySpecOf', () => {
  test.each([
    ['P-256', { jws: 'ES256', cose: -7, hash: 'sha256' }],
    ['P-384', { jws: 'ES384', cose: -35, hash: 'sha384' }],
    ['P-521', { jws: 'ES512', cose: -36, hash: 'sha512' }],
  ] as const)('knows a key on %s', (curve, expected) => {
    const { publicKey, privateKey } = ecKeys(curve);
    expect(keySpecOf(publicKey)).toMatchObject({ name: curve, ...expected });
    expect(keySpecOf(privateKey)).toBe(keySpecOf(publicKey));
  });

  test.each([
    [2048, { jws: 'PS256', cose: -37, hash: 'sha256' }],
    [3072, { jws: 'PS384', cose: -38, hash: 'sha384' }],
    [4096, { jws: 'PS512', cose: -39, hash: 'sha512' }],
  ] as const)('knows an RSA key of %d bits', async (bits, expected) => {
    expect(keySpecOf((await rsaKeys(bits)).publicKey)).toMatchObject({ name: `RSA ${bits}`, ...expected });
  });

  test('refuses every other key', async () => {
    const { publicKey: pss } = generateKeyPairSync('rsa-pss', { modulusLength: 2048 });
    const { publicKey: ed25519 } = generateKeyPairSync('ed25519');
    const keys = [
      pss,
      ed25519,
      ecKeys('P-224').publicKey,
      ecKeys('secp256k1').publicKey,
      (await rsaKeys(1024)).publicKey,
      (await rsaKeys(2056)).publicKey,
    ];
    expect(keys.map(keySpecOf)).toEqual(keys.map(() => undefined));
    expect(keySpecNames).toBe('RSA 2048, RSA 3072, RSA 4096, P-256, P-384, P-521');
  });
});

describe('a raw signature', () => {
  test.each(['P-256', 'P-384', 'P-521'] as const)('on %s is r and s side by side', async (curve) => {
    const { publicKey, privateKey } = ecKeys(curve);
    const spec = keySpecOf(publicKey) as KeySpec;
    const signature = await signRaw(spec, privateKey, data);
    expect(signature.length).toBe(2 * Math.ceil(Number(curve.slice(2)) / 8));
    expect(verifyRaw(spec, publicKey, { data, signature })).toBe(true);
    expect(verifyRaw(spec, publicKey, { data: Buffer.from('other'), signature })).toBe(false);
    const inDer = sign(spec.hash, data, privateKey);
    expect(verifyRaw(spec, publicKey, { data, signature: inDer })).toBe(false);
  });

  test('of RSA is PSS with a salt as long as the hash, and only so', async () => {
    const { publicKey: key, privateKey } = await rsaKeys(2048);
    const spec = keySpecOf(key) as KeySpec;
    const signature = await signRaw(spec, privateKey, data);
    const padding = constants.RSA_PKCS1_PSS_PADDING;
    expect(verify('sha256', data, { key, padding, saltLength: 32 }, signature)).toBe(true);
    expect(verifyRaw(spec, key, { data, signature })).toBe(true);
    for (const saltLength of [0, 20, 64]) {
      const other = sign('sha256', data, { key: privateKey, padding, saltLength });
      expect(verifyRaw(spec, key, { data, signature: other })).toBe(false);
    }
  });

  test('of a key that cannot sign is an error', async () => {
    const { publicKey } = ecKeys();
    await expect(signRaw(keySpecOf(publicKey) as KeySpec, publicKey, data)).rejects.toThrow();
  });
});
