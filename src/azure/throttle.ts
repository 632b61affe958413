import type { Clock } from '../core/index.ts';
import type { HttpResponse } from '../http/index.ts';

/** Milliseconds. The service counts the use of the last five minutes; no pause needs to be longer. */
const longestPause = 5 * 60_000;

/** Remembers how long the service wants to be left alone; it says so on answers of any status. */
export interface Throttle {
  note(response: HttpResponse): void;
  /** Milliseconds from now on. */
  pause(): number;
}

export function createThrottle(clock: Clock): Throttle {
  let until = 0;
  return {
    note(response) {
      const now = clock().getTime();
      const asked = Math.min(longestPause, Math.max(0, askedPause(response, now)));
      until = Math.max(until, now + asked);
    },
    pause: () => Math.max(0, until - clock().getTime()),
  };
}

/** `Retry-After`; without it until nothing counts against us any more, or as long as this answer was held back. */
function askedPause(response: HttpResponse, now: number): number {
  const retryAfter = response.header('retry-after');
  if (retryAfter !== undefined) return secondsOf(retryAfter) ?? untilDate(retryAfter, now);
  const remaining = secondsOf(response.header('x-ratelimit-remaining'));
  const reset = secondsOf(response.header('x-ratelimit-reset'));
  if (remaining === 0 && reset !== undefined) return reset - now;
  return secondsOf(response.header('x-ratelimit-delay')) ?? 0;
}

/** Milliseconds of a header in seconds. */
function secondsOf(header: string | undefined): number | undefined {
  return header !== undefined && /^ *[0-9]{1,12}(?:\.[0-9]{1,9})? *$/.test(header)
    ? Number(header) * 1000
    : undefined;
}

function untilDate(header: string, now: number): number {
  const time = Date.parse(header);
  return Number.isNaN(time) ? 0 : time - now;
}
