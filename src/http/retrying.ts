import { type Clock, humanSeconds, throwIfCancelled } from '../core/index.ts';
import { HttpError } from './http-error.ts';
import { retryAfterMs } from './retry-after.ts';
import type { Sleep } from './sleep.ts';

/** How long temporary faults are borne. All times in milliseconds. */
export interface RetryPolicy {
  /** In all, the first one included. */
  readonly attempts: number;
  /** Upper bound of the first wait; it doubles with each attempt. */
  readonly firstWait: number;
  readonly longestWait: number;
  /** What a server can make us wait at most with `Retry-After`. */
  readonly longestRetryAfter: number;
  /** Counted from the first attempt; no wait goes beyond it. */
  readonly deadline: number;
}

/** Bears a registry's restart (about half a minute), not an outage. */
export const defaultRetryPolicy: RetryPolicy = {
  attempts: 5,
  firstWait: 1_000,
  longestWait: 20_000,
  longestRetryAfter: 60_000,
  deadline: 15 * 60_000,
};

export interface RetryNotice {
  /** The attempt that just failed; 1 is the first. */
  readonly attempt: number;
  /** Milliseconds until the next one. */
  readonly wait: number;
  readonly error: HttpError;
}

export interface RetryOptions {
  readonly policy: RetryPolicy;
  readonly clock: Clock;
  /** In [0, 1). */
  readonly random: () => number;
  readonly sleep: Sleep;
  readonly signal?: AbortSignal | undefined;
  readonly onRetry?: ((notice: RetryNotice) => void) | undefined;
}

/**
 * Runs `work` again, as a whole, as long as it fails with temporary HTTP faults: exponential backoff with full jitter,
 * or what the server's `Retry-After` asks for. A fault that an inner `retrying` gave up on is not started over.
 */
export async function retrying<T>(work: (attempt: number) => Promise<T>, options: RetryOptions): Promise<T> {
  const { policy, clock, signal } = options;
  const started = clock().getTime();
  for (let attempt = 1; ; attempt++) {
    throwIfCancelled(signal);
    try {
      return await work(attempt);
    } catch (error) {
      if (!mayRetry(error)) throw error;
      const wait = waitAfter(error, attempt, options);
      const late = clock().getTime() - started + wait > policy.deadline;
      if (attempt >= policy.attempts || late) throw error.givenUp(attempt);
      options.onRetry?.({ attempt, wait, error });
      await options.sleep(wait, signal);
    }
  }
}

/** One line for the display: `retrying in 2.0 s: 503 from registry.example`. */
export function describeRetry({ wait, error }: RetryNotice): string {
  return `retrying in ${humanSeconds(wait / 1000)}: ${error.facts.reason} from ${error.facts.url.host}`;
}

function mayRetry(error: unknown): error is HttpError {
  return error instanceof HttpError && error.facts.temporary && error.facts.attempts === undefined;
}

function waitAfter(error: HttpError, attempt: number, options: RetryOptions): number {
  const { policy, clock, random } = options;
  const asked =
    error.facts.retryAfter === undefined ? undefined : retryAfterMs(error.facts.retryAfter, clock());
  if (asked !== undefined) return Math.min(asked, policy.longestRetryAfter);
  return random() * Math.min(policy.longestWait, policy.firstWait * 2 ** (attempt - 1));
}
