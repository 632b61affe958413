import { expect, test } from 'vitest';
import { together } from './together.ts';

const never = new AbortController().signal;

/** Works until it is told to stop. */
const untilStopped = (signal: AbortSignal, log: string[]) =>
  new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => {
      log.push('stopped');
      reject(new Error('told to stop'));
    });
  });

test('both results come back', async () => {
  const results = await together(
    never,
    async () => 1,
    async () => 'two',
  );
  expect(results).toEqual([1, 'two']);
});

test.each(['first', 'second'])(
  'when the %s fails, the other is stopped before the failure is thrown',
  async (who) => {
    const log: string[] = [];
    const fails = async () => {
      throw new Error('refused');
    };
    const goesOn = (signal: AbortSignal) => untilStopped(signal, log);
    const running = who === 'first' ? together(never, fails, goesOn) : together(never, goesOn, fails);
    await expect(running).rejects.toThrow('refused');
    expect(log).toEqual(['stopped']);
  },
);

test('a cancellation from outside reaches both', async () => {
  const log: string[] = [];
  const outside = new AbortController();
  const goesOn = (signal: AbortSignal) => untilStopped(signal, log);
  const running = together(outside.signal, goesOn, goesOn);
  outside.abort('SIGINT');
  await expect(running).rejects.toThrow('told to stop');
  expect(log).toEqual(['stopped', 'stopped']);
});
