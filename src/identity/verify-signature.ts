import { compactVerify, errors, importJWK, type JWK } from 'jose';
import type { Secret } from '../core/index.ts';
import { rejected } from './rejection.ts';
import type { SignatureAlgorithm } from './trusted-issuer.ts';

export interface SignedToken {
  readonly jws: Secret;
  readonly algorithm: SignatureAlgorithm;
  readonly key: JWK;
}

/** The payload that the key signed. Throws `identity.rejected`, also for a key that is too weak or no public key. */
export async function verifySignature({ jws, algorithm, key }: SignedToken): Promise<Uint8Array> {
  try {
    const { payload } = await compactVerify(jws.reveal(), await importJWK(key, algorithm), {
      algorithms: [algorithm],
    });
    return payload;
  } catch (error) {
    throw error instanceof errors.JWSSignatureVerificationFailed
      ? rejected('signature', 'altered')
      : rejected('kid', 'unknown');
  }
}
