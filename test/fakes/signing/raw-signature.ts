import { constants, type KeyObject, sign } from 'node:crypto';

/** Algorithms by what a key should use; the tests' own table, so that a wrong one in the product shows. */
const usual: Readonly<
  Record<string, { readonly jws: string; readonly cose: number; readonly hash: string }>
> = {
  prime256v1: { jws: 'ES256', cose: -7, hash: 'sha256' },
  secp384r1: { jws: 'ES384', cose: -35, hash: 'sha384' },
  secp521r1: { jws: 'ES512', cose: -36, hash: 'sha512' },
  '2048': { jws: 'PS256', cose: -37, hash: 'sha256' },
  '3072': { jws: 'PS384', cose: -38, hash: 'sha384' },
  '4096': { jws: 'PS512', cose: -39, hash: 'sha512' },
};

/** What belongs to this key; of SHA-256 for one that should not sign at all. */
export function algorithmOf(key: KeyObject): { jws: string; cose: number; hash: string } {
  const { namedCurve, modulusLength } = key.asymmetricKeyDetails ?? {};
  const rsa = key.asymmetricKeyType === 'rsa';
  return (
    usual[String(namedCurve ?? modulusLength)] ?? {
      jws: rsa ? 'PS256' : 'ES256',
      cose: rsa ? -37 : -7,
      hash: 'sha256',
    }
  );
}

/** A right signature of any key. */
export function signRightly(key: KeyObject, data: Uint8Array): Uint8Array {
  const { hash } = algorithmOf(key);
  if (key.asymmetricKeyType === 'ed25519') return sign(null, data, key);
  if (key.asymmetricKeyType !== 'rsa') return sign(hash, data, { key, dsaEncoding: 'ieee-p1363' });
  const saltLength = Number(hash.slice(3)) / 8;
  return sign(hash, data, { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength });
}
