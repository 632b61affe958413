import { describe, expect, test } from 'vitest';
import { cancelled, isFailure } from '../core/index.ts';
import { HttpError, type HttpErrorFacts } from './http-error.ts';
import {
  defaultRetryPolicy,
  describeRetry,
  type RetryNotice,
  type RetryOptions,
  retrying,
} from './retrying.ts';

const start = Date.parse('2026-03-04T05:06:07Z');

function fault(facts: Partial<HttpErrorFacts> = {}): HttpError {
  const url = new URL('https://host.example:5000/v2/');
  return new HttpError({ fault: 'status', method: 'GET', url, reason: '503', temporary: true, ...facts });
}

/** A clock that only `sleep` moves. */
function frozen(changes: Partial<RetryOptions> = {}) {
  const waits: number[] = [];
  let now = start;
  const options: RetryOptions = {
    policy: defaultRetryPolicy,
    clock: () => new Date(now),
    random: () => 0.5,
    sleep: async (milliseconds) => {
      waits.push(milliseconds);
      now += milliseconds;
    },
    ...changes,
  };
  return { waits, options };
}

/** Fails with each error in turn, then answers `ok`. */
function failing(...errors: readonly unknown[]) {
  let calls = 0;
  const work = async (attempt: number) => {
    expect(attempt).toBe(++calls);
    if (calls <= errors.length) throw errors[calls - 1];
    return 'ok';
  };
  return { work, calls: () => calls };
}

describe('retrying', () => {
  test('waits with full jitter below a bound that doubles', async () => {
    const { waits, options } = frozen();
    const { work } = failing(fault(), fault(), fault(), fault());
    expect(await retrying(work, options)).toBe('ok');
    expect(waits).toEqual([500, 1_000, 2_000, 4_000]);
  });

  test('never waits longer than the longest wait', async () => {
    const policy = { ...defaultRetryPolicy, attempts: 9, longestWait: 3_000 };
    const { waits, options } = frozen({ policy, random: () => 1 });
    await retrying(failing(...Array.from({ length: 5 }, () => fault())).work, options);
    expect(waits).toEqual([1_000, 2_000, 3_000, 3_000, 3_000]);
  });

  test('gives up after the last attempt and says how many there were', async () => {
    const { options } = frozen();
    const { work, calls } = failing(...Array.from({ length: 9 }, () => fault()));
    await expect(retrying(work, options)).rejects.toThrow(
      'GET https://host.example:5000/v2/: 503 (5 attempts)',
    );
    expect(calls()).toBe(5);
  });

  test('does not start over what an inner retry gave up', async () => {
    const { options } = frozen();
    const outer = failing(fault().givenUp(5));
    await expect(retrying(outer.work, options)).rejects.toThrow('(5 attempts)');
    expect(outer.calls()).toBe(1);
  });

  test.each([
    ['a final fault', fault({ temporary: false })],
    ['a cancellation', cancelled()],
    ['any other error', new TypeError('bug')],
  ])('does not retry %s', async (_, error) => {
    const { waits, options } = frozen();
    await expect(retrying(failing(error).work, options)).rejects.toBe(error);
    expect(waits).toEqual([]);
  });

  test.each([
    ['7', 7_000],
    ['Wed, 04 Mar 2026 05:06:27 GMT', 20_000],
    ['86400', 60_000],
    ['nonsense', 500],
  ])('obeys "Retry-After: %s" within bounds', async (retryAfter, wait) => {
    const { waits, options } = frozen();
    await retrying(failing(fault({ retryAfter })).work, options);
    expect(waits).toEqual([wait]);
  });

  test('does not wait beyond the deadline', async () => {
    const policy = { ...defaultRetryPolicy, deadline: 1_600 };
    const { waits, options } = frozen({ policy });
    await expect(retrying(failing(fault(), fault(), fault()).work, options)).rejects.toThrow('(3 attempts)');
    expect(waits).toEqual([500, 1_000]);
  });

  test('starts nothing when it is already cancelled', async () => {
    const { options } = frozen({ signal: AbortSignal.abort('SIGTERM') });
    const { work, calls } = failing();
    const error = await retrying(work, options).catch((reason: unknown) => reason);
    expect(isFailure(error, 'cancelled') && error.details.signal).toBe('SIGTERM');
    expect(calls()).toBe(0);
  });

  test('reports each wait in words', async () => {
    const notices: RetryNotice[] = [];
    const { options } = frozen({ onRetry: (notice) => notices.push(notice) });
    await retrying(failing(fault({ retryAfter: '2' }), fault({ reason: 'ECONNRESET' })).work, options);
    expect(notices.map(describeRetry)).toEqual([
      'retrying in 2.0 s: 503 from host.example:5000',
      'retrying in 1.0 s: ECONNRESET from host.example:5000',
    ]);
    expect(notices.map(({ attempt }) => attempt)).toEqual([1, 2]);
  });
});
