import { describe, expect, test } from 'vitest';
import { workQueue } from './work-queue.ts';

/** Work that ends when the test says so. */
function piece() {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  let begun = false;
  const work = () => {
    begun = true;
    return promise;
  };
  return { work, resolve, reject, begun: () => begun };
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

describe('the queue', () => {
  test('begins work in its turn, also after work that failed', async () => {
    const run = workQueue({ concurrent: 1, waiting: 2 });
    const [one, two, three] = [piece(), piece(), piece()];
    const results = [run(one.work), run(two.work), run(three.work)];
    await settled();
    expect([one, two, three].map(({ begun }) => begun())).toEqual([true, false, false]);
    one.reject(new Error('broken'));
    await expect(results[0]).rejects.toThrow('broken');
    await settled();
    expect([two, three].map(({ begun }) => begun())).toEqual([true, false]);
    two.resolve('two');
    three.resolve('three');
    expect(await Promise.all(results.slice(1))).toEqual(['two', 'three']);
  });

  test('refuses what would wait behind too many, and takes it again later', async () => {
    const run = workQueue({ concurrent: 1, waiting: 1 });
    const [one, two] = [piece(), piece()];
    const results = [run(one.work), run(two.work)];
    await expect(run(async () => 'three')).rejects.toMatchObject({
      code: 'busy',
      status: 503,
      retryAfter: 1,
    });
    one.resolve('one');
    two.resolve('two');
    await Promise.all(results);
    expect(await run(async () => 'three')).toBe('three');
    expect(await Promise.all([run(async () => 'four'), run(async () => 'five')])).toEqual(['four', 'five']);
  });
});
