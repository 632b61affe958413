import { createHash, type KeyObject } from 'node:crypto';

/** A key whose signatures count. */
export interface CosignPublicKey {
  readonly key: KeyObject;
  /** SHA-256 of the DER of its SubjectPublicKeyInfo, in lower-case hexadecimal. */
  readonly fingerprint: string;
  /** Of the file that it comes from. */
  readonly path: string;
}

/** Bits. */
const shortestModulus = 2048;

/** For people: the kinds of keys that cosign works with. */
export const cosignKeyKinds = `P-256, or RSA of ${shortestModulus} bits or more`;

/** Undefined when the key is of a kind that cosign does not work with. */
export function cosignPublicKey(key: KeyObject, path: string): CosignPublicKey | undefined {
  if (!worksWithCosign(key)) return undefined;
  const der = key.export({ type: 'spki', format: 'der' });
  return { key, fingerprint: createHash('sha256').update(der).digest('hex'), path };
}

/** Cosign 3 rejects even its own signatures by P-384, P-521 and Ed25519. */
function worksWithCosign({ asymmetricKeyType: type, asymmetricKeyDetails = {} }: KeyObject): boolean {
  const { namedCurve, modulusLength = 0 } = asymmetricKeyDetails;
  return type === 'ec' ? namedCurve === 'prime256v1' : type === 'rsa' && modulusLength >= shortestModulus;
}
