import { rejected } from './rejection.ts';
import type { TrustedIssuer } from './trusted-issuer.ts';
import { type Members, textOf } from './unverified-token.ts';

/** Whom a token is for: this program, or one request to it, which the text stands for. */
export type TokenAudience =
  | { readonly kind: 'static' }
  | { readonly kind: 'bound'; readonly audience: string };

const boundAudience = /^image-builder:sha256:[0-9a-f]{64}$/;

/** Reads `aud`, one audience and no more, in the way that the issuer is configured. Throws `identity.rejected`. */
export function checkAudience(claims: Members, expected: TrustedIssuer['audience']): TokenAudience {
  const audience = textOf(new Map([['aud', soleAudience(claims.get('aud'))]]), 'aud');
  if (expected.kind === 'static') {
    if (audience !== expected.value) throw rejected('aud', 'for-others', `expected "${expected.value}"`);
    return { kind: 'static' };
  }
  if (boundAudience.test(audience)) return { kind: 'bound', audience };
  throw rejected('aud', 'for-others', 'expected "image-builder:sha256:…", the hash of the request');
}

/** A token for several could be used by each of them against the others. */
function soleAudience(value: unknown): unknown {
  if (!Array.isArray(value)) return value;
  if (value.length > 1) throw rejected('aud', 'several');
  return value[0];
}
