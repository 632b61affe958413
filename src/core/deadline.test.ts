import { beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import { withDeadline } from './deadline.ts';
import { cancelled } from './errors.ts';

beforeEach(() => {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
});

/** Work that goes on until it is told to stop. */
const endless = (signal: AbortSignal) =>
  new Promise<never>((_, reject) => signal.addEventListener('abort', () => reject(cancelled(signal))));
const late = () => new Error('too late');

test('work that takes too long is stopped, and ends with the error of the deadline', async () => {
  const work = withDeadline({ signal: new AbortController().signal, seconds: 60, late }, endless);
  const ended = expect(work).rejects.toThrow('too late');
  await vi.advanceTimersByTimeAsync(60_000);
  await ended;
});

test('work that somebody stops ends with what it threw', async () => {
  const controller = new AbortController();
  const work = withDeadline({ signal: controller.signal, seconds: 60, late }, endless);
  controller.abort('SIGTERM');
  await expect(work).rejects.toMatchObject({ code: 'cancelled', details: { signal: 'SIGTERM' } });
  expect(vi.getTimerCount()).toBe(0);
});

test('a deadline of months is none that ends at once', async () => {
  const { promise, resolve } = Promise.withResolvers<string>();
  const work = withDeadline({ signal: new AbortController().signal, seconds: 1e9, late }, () => promise);
  await vi.advanceTimersByTimeAsync(86_400_000);
  resolve('done');
  expect(await work).toBe('done');
});
