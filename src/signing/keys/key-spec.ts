import { constants, type KeyObject, sign, verify } from 'node:crypto';

export type HashName = 'sha256' | 'sha384' | 'sha512';

/** What a kind of key signs with, and how envelopes name that; the key decides, never the envelope. */
export interface KeySpec {
  readonly name: string;
  readonly type: 'rsa' | 'ec';
  readonly hash: HashName;
  /** RFC 7518, 3.1. */
  readonly jws: string;
  /** RFC 9053, 2.1 and RFC 8230, 2. */
  readonly cose: number;
}

/** Notary Project signature specification v1.1, "Algorithm Selection"; by OpenSSL's words for the public key. */
const keySpecs: ReadonlyMap<string, KeySpec> = new Map([
  ['rsa 2048', { name: 'RSA 2048', type: 'rsa', hash: 'sha256', jws: 'PS256', cose: -37 }],
  ['rsa 3072', { name: 'RSA 3072', type: 'rsa', hash: 'sha384', jws: 'PS384', cose: -38 }],
  ['rsa 4096', { name: 'RSA 4096', type: 'rsa', hash: 'sha512', jws: 'PS512', cose: -39 }],
  ['ec prime256v1', { name: 'P-256', type: 'ec', hash: 'sha256', jws: 'ES256', cose: -7 }],
  ['ec secp384r1', { name: 'P-384', type: 'ec', hash: 'sha384', jws: 'ES384', cose: -35 }],
  ['ec secp521r1', { name: 'P-521', type: 'ec', hash: 'sha512', jws: 'ES512', cose: -36 }],
]);

/** For people: the kinds of keys that can sign. */
export const keySpecNames = [...keySpecs.values()].map(({ name }) => name).join(', ');

/** Undefined for every key that the specification does not list. */
export function keySpecOf(key: KeyObject): KeySpec | undefined {
  const { modulusLength, namedCurve } = key.asymmetricKeyDetails ?? {};
  return keySpecs.get(`${key.asymmetricKeyType} ${modulusLength ?? namedCurve}`);
}

/** A raw signature as JWS and COSE want it: PSS with a salt as long as the hash, or r and s side by side. */
export function signRaw(spec: KeySpec, key: KeyObject, data: Uint8Array): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    sign(spec.hash, data, { key, ...signatureForm(spec) }, (error, signature) =>
      error ? reject(error) : resolve(signature),
    );
  });
}

export interface RawSignature {
  readonly data: Uint8Array;
  readonly signature: Uint8Array;
}

/** Whether `signature` was made by `signRaw` with the private half of this key. */
export function verifyRaw(spec: KeySpec, key: KeyObject, { data, signature }: RawSignature): boolean {
  return verify(spec.hash, data, { key, ...signatureForm(spec) }, signature);
}

function signatureForm(spec: KeySpec) {
  return spec.type === 'ec'
    ? ({ dsaEncoding: 'ieee-p1363' } as const)
    : {
        padding: constants.RSA_PKCS1_PSS_PADDING,
        saltLength: constants.RSA_PSS_SALTLEN_DIGEST,
      };
}
