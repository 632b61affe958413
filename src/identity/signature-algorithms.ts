import type { JWK } from 'jose';
import type { SignatureAlgorithm } from './trusted-issuer.ts';

type KeyForm = { readonly kty: 'RSA' } | { readonly kty: 'EC'; readonly crv: string };

/** The keys that each algorithm works with (RFC 7518, 3.1). */
const keyForms: Readonly<Record<SignatureAlgorithm, KeyForm>> = {
  RS256: { kty: 'RSA' },
  RS384: { kty: 'RSA' },
  RS512: { kty: 'RSA' },
  PS256: { kty: 'RSA' },
  PS384: { kty: 'RSA' },
  PS512: { kty: 'RSA' },
  ES256: { kty: 'EC', crv: 'P-256' },
  ES384: { kty: 'EC', crv: 'P-384' },
  ES512: { kty: 'EC', crv: 'P-521' },
};

/** Whether a published key is meant for signatures by this algorithm. */
export function isKeyFor(key: JWK, algorithm: SignatureAlgorithm): boolean {
  const form = keyForms[algorithm];
  const rightForm = form.kty === key.kty && (form.kty === 'RSA' || form.crv === key.crv);
  return rightForm && (key.use ?? 'sig') === 'sig' && (key.alg ?? algorithm) === algorithm;
}
