import { describe, expect, test } from 'vitest';
import { rateLimit } from './rate-limit.ts';

describe('the rate of a client', () => {
  function limited(perMinute: number) {
    let now = 1_000_000;
    const check = rateLimit(perMinute, () => new Date(now));
    const passes = (client = 'a') => {
      try {
        check(client);
        return true;
      } catch (error) {
        return (error as { retryAfter: number }).retryAfter;
      }
    };
    return { passes, pass: (milliseconds: number) => (now += milliseconds) };
  }

  test('allows a minute at once, and then one after the other', () => {
    const { passes, pass } = limited(3);
    expect([passes(), passes(), passes(), passes()]).toEqual([true, true, true, 20]);
    pass(5_000);
    expect(passes()).toBe(15);
    pass(15_000);
    expect([passes(), passes()]).toEqual([true, 20]);
  });

  test('never saves up more than a minute', () => {
    const { passes, pass } = limited(2);
    expect(passes()).toBe(true);
    pass(3_600_000);
    expect([passes(), passes(), passes()]).toEqual([true, true, 30]);
  });

  test('is its own', () => {
    const { passes } = limited(1);
    expect([passes('a'), passes('a'), passes('b')]).toEqual([true, 60, true]);
  });

  test('takes no harm from a clock that is set back', () => {
    const { passes, pass } = limited(1);
    expect(passes()).toBe(true);
    pass(-3_600_000);
    expect(passes()).toBe(60);
    pass(60_000);
    expect(passes()).toBe(true);
  });
});
