import type { TokenAudience } from './check-audience.ts';
import type { CallerClaims } from './read-claims.ts';
import type { TrustedIssuer } from './trusted-issuer.ts';

declare const verified: unique symbol;

/** Somebody whose token was verified. Made by `verifyToken` alone. */
export interface Caller {
  readonly [verified]: true;
  readonly issuer: TrustedIssuer;
  readonly audience: TokenAudience;
  readonly claims: CallerClaims;
  readonly issuedAt: Date;
}
