import { beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import { signalAfter } from './signal-after.ts';

beforeEach(() => {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
});

test('a signal is aborted after its time', () => {
  const { signal } = signalAfter(1_000);
  vi.advanceTimersByTime(999);
  expect(signal.aborted).toBe(false);
  vi.advanceTimersByTime(1);
  expect(signal.aborted).toBe(true);
});

test('a signal is aborted some time after another one, for its reason', () => {
  const told = new AbortController();
  const { signal } = signalAfter(1_000, told.signal);
  vi.advanceTimersByTime(60_000);
  told.abort('SIGTERM');
  vi.advanceTimersByTime(999);
  expect(signal.aborted).toBe(false);
  vi.advanceTimersByTime(1);
  expect(signal.reason).toBe('SIGTERM');
});

test('a signal after one that was aborted before is aborted all the same', () => {
  const { signal } = signalAfter(1_000, AbortSignal.abort('SIGINT'));
  vi.advanceTimersByTime(1_000);
  expect(signal.reason).toBe('SIGINT');
});

test('a signal that nobody needs any more holds no timer', () => {
  const told = new AbortController();
  const signals = [signalAfter(1_000), signalAfter(1_000, told.signal), signalAfter(1_000, told.signal)];
  signals[2]?.[Symbol.dispose]();
  told.abort();
  for (const each of signals) each[Symbol.dispose]();
  expect(vi.getTimerCount()).toBe(0);
  expect(signals.map(({ signal }) => signal.aborted)).toEqual([false, false, false]);
});
