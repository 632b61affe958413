import { expect, onTestFinished, test, vi } from 'vitest';
import type { AzureDevOps } from '../azure/index.ts';
import { cancelled, ImageBuilderError } from '../core/index.ts';
import { endRun } from './end-run.ts';
import { collectEvents, run, strictAzure } from './run-for-test.ts';

async function end(cancelRun: AzureDevOps['cancelRun'], url?: string) {
  const { events, emit } = collectEvents();
  const ending = { id: run.id, patience: 4_000, ...(url === undefined ? {} : { url }) };
  await endRun(ending, { azure: strictAzure({ cancelRun }), emit });
  return events;
}

test('a run is told to stop', async () => {
  const told: number[] = [];
  const events = await end(async (id) => void told.push(id));
  expect(told).toEqual([42]);
  expect(events).toEqual([{ kind: 'notice', level: 'info', message: 'run 42 was told to stop' }]);
});

test('a run that does not hear it is left to people, with its link', async () => {
  const details = { method: 'PATCH', url: 'https://dev.azure.com', status: 403 };
  const refuse = async () => Promise.reject(new ImageBuilderError('azure.refused', 'no permission', details));
  const message = `run 42 could not be told to stop (no permission): end it by hand at ${run.url}`;
  expect(await end(refuse, run.url)).toEqual([{ kind: 'notice', level: 'warning', message }]);
});

test('a service that does not answer is not waited for longer than it may take', async () => {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
  const ended = end(
    (_, signal) =>
      new Promise((_resolve, reject) => signal?.addEventListener('abort', () => reject(cancelled(signal)))),
  );
  await vi.advanceTimersByTimeAsync(4_000);
  const message = 'run 42 could not be told to stop (no answer in time): end it by hand at Azure DevOps';
  expect(await ended).toEqual([{ kind: 'notice', level: 'warning', message }]);
});
