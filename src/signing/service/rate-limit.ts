import type { Clock } from '../../core/index.ts';
import { SigningRefusal } from './signing-refusal.ts';

interface Bucket {
  /** Requests that may come at once. */
  readonly tokens: number;
  readonly filledAt: number;
}

/**
 * A token bucket for each client: `perMinute` requests at once, and as many in each minute after. The function that it
 * returns throws `rate-exceeded`. Clients must be known ones, since each is remembered.
 */
export function rateLimit(perMinute: number, clock: Clock): (client: string) => void {
  const buckets = new Map<string, Bucket>();
  const perMillisecond = perMinute / 60_000;
  return (client) => {
    const now = clock().getTime();
    const { tokens, filledAt } = buckets.get(client) ?? { tokens: perMinute, filledAt: now };
    const filled = Math.min(perMinute, tokens + Math.max(0, now - filledAt) * perMillisecond);
    const passes = filled >= 1;
    buckets.set(client, { tokens: passes ? filled - 1 : filled, filledAt: now });
    if (!passes) {
      const retryAfter = Math.ceil((1 - filled) / perMillisecond / 1000);
      throw new SigningRefusal('rate-exceeded', `more than ${perMinute} requests in a minute`, {
        retryAfter,
      });
    }
  };
}
