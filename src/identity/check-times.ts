import { rfc3339 } from '../core/index.ts';
import { rejected } from './rejection.ts';
import type { Members } from './unverified-token.ts';

/** Seconds by which the clocks of an issuer and of this machine may differ. */
const leeway = 30;
/** Seconds since 1970 of the year 10000, which no date goes beyond. */
const endOfTime = 253_402_300_800;

export interface TimeLimits {
  readonly now: Date;
  /** Seconds after its issue that a token is accepted, whatever it says about its end; without them `exp` counts. */
  readonly acceptedSecondsAfterIssue?: number | undefined;
}

/** When the token was issued (`iat`), if it is valid now (RFC 7519, 4.1). Throws `identity.rejected`. */
export function checkTimes(claims: Members, { now, acceptedSecondsAfterIssue }: TimeLimits): Date {
  const seconds = now.getTime() / 1000;
  const issued = timeOf(claims, 'iat');
  const expires = timeOf(claims, 'exp');
  const start = claims.has('nbf') ? timeOf(claims, 'nbf') : issued;
  if (issued > seconds + leeway) throw rejected('iat', 'future', clocks(issued, now));
  if (start > seconds + leeway) throw rejected('nbf', 'too-early', clocks(start, now));
  if (expires <= issued) throw rejected('exp', 'malformed');
  const [claim, end] =
    acceptedSecondsAfterIssue === undefined ? ['exp', expires] : ['iat', issued + acceptedSecondsAfterIssue];
  if (seconds <= end + leeway) return new Date(issued * 1000);
  throw rejected(claim, 'expired', `it was accepted until ${print(end)}, and now is ${rfc3339(now)}`);
}

function timeOf(claims: Members, name: string): number {
  const value = claims.get(name);
  if (value === undefined) throw rejected(name, 'absent');
  if (typeof value !== 'number' || !(value >= 0 && value < endOfTime)) throw rejected(name, 'malformed');
  return value;
}

function clocks(time: number, now: Date): string {
  return `it says ${print(time)}, and now is ${rfc3339(now)}; is the clock of this machine right?`;
}

function print(seconds: number): string {
  return rfc3339(new Date(seconds * 1000));
}
