import { expect, test } from 'vitest';
import { sharedWork } from './shared-work.ts';

/** Work whose end the test decides. */
function heldWork() {
  const started: { readonly signal: AbortSignal; readonly end: (value: string) => void }[] = [];
  const work = sharedWork<string>((signal) => {
    const { promise, resolve } = Promise.withResolvers<string>();
    started.push({ signal, end: resolve });
    return promise;
  });
  return { work, started };
}

test('work is shared by those of the same time, and done anew for later ones', async () => {
  const { work, started } = heldWork();
  const both = [work(undefined), work(undefined)];
  started[0]?.end('first');
  expect(await Promise.all(both)).toEqual(['first', 'first']);
  const later = work(undefined);
  started[1]?.end('second');
  expect(await later).toBe('second');
});

test('work is cancelled with the last one who waits for it, not with the first', async () => {
  const { work, started } = heldWork();
  const [one, two] = [new AbortController(), new AbortController()];
  const both = [work(one.signal), work(two.signal)].map((waiting) => waiting.catch(({ code }) => code));
  one.abort();
  expect(await both[0]).toBe('cancelled');
  expect(started[0]?.signal.aborted).toBe(false);
  two.abort();
  expect(await both[1]).toBe('cancelled');
  expect(started[0]?.signal.aborted).toBe(true);
});

test('nobody who is cancelled already starts any', async () => {
  const { work, started } = heldWork();
  await expect(work(AbortSignal.abort())).rejects.toMatchObject({ code: 'cancelled' });
  expect(started).toEqual([]);
});

test('a failure is told to all', async () => {
  const work = sharedWork(async () => {
    throw new Error('no');
  });
  const both = await Promise.allSettled([work(undefined), work(undefined)]);
  expect(both.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
});
