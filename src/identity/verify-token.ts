import type { JWK } from 'jose';
import type { Secret } from '../core/index.ts';
import type { Caller } from './caller.ts';
import { checkAudience } from './check-audience.ts';
import { checkTimes } from './check-times.ts';
import type { KeySource } from './issuer-keys.ts';
import { readClaims } from './read-claims.ts';
import { rejected } from './rejection.ts';
import type { SignatureAlgorithm, TrustedIssuer } from './trusted-issuer.ts';
import { parseToken, readMembers, type UnverifiedToken } from './unverified-token.ts';
import { verifySignature } from './verify-signature.ts';

/** Whom this program believes. */
export interface Trust {
  readonly issuers: readonly TrustedIssuer[];
  readonly keys: KeySource;
  /** Seconds; see `TimeLimits`. */
  readonly acceptedSecondsAfterIssue?: number | undefined;
}

/**
 * Finds out who sent a token. Nothing in the token decides how it is checked: it only names one of the trusted issuers
 * and one of that issuer's keys, and its claims are read once they are known to be signed. Throws `identity.rejected`
 * with the claim and the reason, `identity.unavailable` when the issuer cannot be asked, or `cancelled`.
 */
export async function verifyToken(untrustedToken: Secret, trust: Trust, now: Date): Promise<Caller> {
  const token = parseToken(untrustedToken);
  const issuer = issuerOf(token, trust.issuers);
  const algorithm = algorithmOf(token, issuer);
  const key = await keyOf(token, { issuer, algorithm, keys: trust.keys, now });
  const claims = readMembers(await verifySignature({ jws: token.jws, algorithm, key }), 'payload');
  const { acceptedSecondsAfterIssue } = trust;
  const caller: Omit<Caller, VerifiedMark> = {
    issuer,
    audience: checkAudience(claims, issuer.audience),
    issuedAt: checkTimes(claims, { now, acceptedSecondsAfterIssue }),
    claims: readClaims(claims, issuer),
  };
  return caller as Caller;
}

/** The mark has no value: it exists for the compiler. */
type VerifiedMark = Extract<keyof Caller, symbol>;

function issuerOf({ untrustedIssuer }: UnverifiedToken, issuers: readonly TrustedIssuer[]): TrustedIssuer {
  const issuer = issuers.find(({ url }) => url === untrustedIssuer);
  if (issuer !== undefined) return issuer;
  throw rejected('iss', 'not-trusted', `trusted: ${issuers.map(({ url }) => url).join(', ')}`);
}

function algorithmOf(
  { untrustedAlgorithm }: UnverifiedToken,
  { algorithms }: TrustedIssuer,
): SignatureAlgorithm {
  const algorithm = algorithms.find((each) => each === untrustedAlgorithm);
  if (algorithm !== undefined) return algorithm;
  throw rejected('alg', 'not-allowed', `allowed: ${algorithms.join(', ')}`);
}

interface KeyQuestion {
  readonly issuer: TrustedIssuer;
  readonly algorithm: SignatureAlgorithm;
  readonly keys: KeySource;
  readonly now: Date;
}

async function keyOf({ untrustedKeyId }: UnverifiedToken, question: KeyQuestion): Promise<JWK> {
  const { issuer, algorithm, keys, now } = question;
  const key = await keys.find(issuer, { keyId: untrustedKeyId, algorithm }, now);
  if (key === undefined) throw rejected('kid', 'unknown');
  return key;
}
