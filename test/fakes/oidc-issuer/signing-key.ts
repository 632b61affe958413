import {
  constants,
  createHmac,
  generateKeyPairSync,
  type JsonWebKey,
  type KeyObject,
  sign,
} from 'node:crypto';

export type KeyKind = 'RSA' | 'RSA 1024' | 'P-256' | 'P-384';

/** A private key of an issuer, and how it is published. */
export interface SigningKey {
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
  readonly jwk: JsonWebKey & { readonly kid: string };
}

export function createSigningKey(kid: string, kind: KeyKind = 'RSA'): SigningKey {
  const { privateKey, publicKey } = kind.startsWith('RSA')
    ? generateKeyPairSync('rsa', { modulusLength: kind === 'RSA' ? 2048 : 1024 })
    : generateKeyPairSync('ec', { namedCurve: kind });
  return { privateKey, publicKey, jwk: { ...publicKey.export({ format: 'jwk' }), kid, use: 'sig' } };
}

/** The texts of a token, which need not be JSON. */
export interface TokenTexts {
  readonly header: string | Uint8Array;
  readonly payload: string | Uint8Array;
}

/** Signs by `alg`, with the primitives of Node and none of the code that verifies; `none` signs nothing. */
export function signToken({ header, payload }: TokenTexts, alg: string, key: KeyObject): string {
  const input = [header, payload].map((part) => Buffer.from(part).toString('base64url')).join('.');
  return `${input}.${signatureOf(input, alg, key).toString('base64url')}`;
}

function signatureOf(input: string, alg: string, key: KeyObject): Buffer {
  const hash = `sha${alg.slice(2)}`;
  const data = Buffer.from(input);
  if (alg.startsWith('HS'))
    return createHmac(hash, key.export({ format: 'pem', type: 'spki' }))
      .update(data)
      .digest();
  if (alg.startsWith('RS')) return sign(hash, data, key);
  if (alg.startsWith('ES')) return sign(hash, data, { key, dsaEncoding: 'ieee-p1363' });
  if (!alg.startsWith('PS')) return Buffer.alloc(0);
  const { RSA_PKCS1_PSS_PADDING: padding, RSA_PSS_SALTLEN_DIGEST: saltLength } = constants;
  return sign(hash, data, { key, padding, saltLength });
}
