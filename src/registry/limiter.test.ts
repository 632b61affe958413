import { expect, test } from 'vitest';
import { limiter } from './limiter.ts';

test('no more works run at a time than allowed, in the order of the calls, also after failures', async () => {
  const limit = limiter(2);
  const started: number[] = [];
  let running = 0;
  let most = 0;
  const works = [0, 1, 2, 3, 4, 5].map((number) =>
    limit(async () => {
      started.push(number);
      most = Math.max(most, ++running);
      await Promise.resolve();
      running--;
      if (number % 2 === 0) throw new Error(`${number}`);
      return number;
    }),
  );
  const outcomes = await Promise.allSettled(works);
  expect(most).toBe(2);
  expect(started).toEqual([0, 1, 2, 3, 4, 5]);
  expect(outcomes.filter(({ status }) => status === 'rejected')).toHaveLength(3);
});
