import { describe, expect, onTestFinished, test, vi } from 'vitest';
import type { AzureDevOps } from '../azure/index.ts';
import { cancelled, ImageBuilderError } from '../core/index.ts';
import { followToEnd } from './follow-to-end.ts';
import { printedReport } from './report-step.ts';
import {
  at,
  buildOf,
  collectEvents,
  endedTimeline,
  linesOf,
  reportOf,
  request,
  run,
  strictAzure,
  virtualTime,
} from './run-for-test.ts';

const limits = { deadline: 7_200, longestPause: 5_000 };
const warnings = [{ message: 'JSONArgsRecommended: use JSON', file: 'Dockerfile', line: 2 }];
const lines = printedReport(JSON.stringify(reportOf({ warnings }))).split('\n');
const ended: Partial<AzureDevOps> = {
  readBuild: async () => buildOf({ status: 'completed', result: 'succeeded', finishTime: at(90) }),
  readTimeline: async () => endedTimeline(),
  readLog: () => linesOf(lines),
};

function followOn(azure: Partial<AzureDevOps>, signal = new AbortController().signal) {
  const { events, emit, notices } = collectEvents();
  const ports = { azure: strictAzure(azure), emit, ...virtualTime() };
  return { result: followToEnd(run, { ...ports, limits, request, signal }), events, notices };
}

/** Answers nothing until it is told to stop. */
const hang: AzureDevOps['readBuild'] = (_, signal) =>
  new Promise((_resolve, reject) => signal?.addEventListener('abort', () => reject(cancelled(signal))));

describe('a run', () => {
  test('is shown with its link at once, and its warnings and its end', async () => {
    const { result, events } = followOn(ended);
    expect(await result).toMatchObject({ report: { status: 'Succeeded' } });
    expect(events[0]).toEqual({
      ...{ kind: 'stage-started', stage: 'run' },
      title: `run 20260304.1: ${run.url}`,
    });
    expect(events.slice(-2)).toEqual([
      expect.objectContaining({ kind: 'notice', level: 'warning', file: 'Dockerfile', line: 2 }),
      { kind: 'stage-finished', stage: 'run', outcome: 'done', seconds: 0 },
    ]);
  });

  test('is told to stop when we are', async () => {
    const told: number[] = [];
    const controller = new AbortController();
    const { result, events, notices } = followOn(
      { readBuild: hang, cancelRun: async (id) => void told.push(id) },
      controller.signal,
    );
    controller.abort('SIGTERM');
    expect(await result).toMatchObject({
      report: { status: 'Canceled', run: { id: '42' } },
      error: { code: 'cancelled', details: { signal: 'SIGTERM' } },
    });
    expect([told, notices('info')]).toEqual([[42], ['run 42 was told to stop']]);
    expect(events.at(-1)).toMatchObject({ stage: 'run', outcome: 'cancelled' });
  });

  test('is told to stop when it takes too long', async () => {
    vi.useFakeTimers();
    onTestFinished(() => void vi.useRealTimers());
    const told: number[] = [];
    const { result } = followOn({ readBuild: hang, cancelRun: async (id) => void told.push(id) });
    await vi.advanceTimersByTimeAsync(7_200_000);
    expect(await result).toMatchObject({
      report: { status: 'Failed', error: { code: 'run.timed-out' } },
      error: { message: 'run 42 took longer than 2 h 00 min, and was told to stop' },
    });
    expect(told).toEqual([42]);
  });

  test('goes on when the service lets nobody look any more, and is named for whoever may', async () => {
    const details = { method: 'GET', url: 'https://dev.azure.com', status: 401 };
    const refuse = async () => Promise.reject(new ImageBuilderError('azure.refused', 'not let in', details));
    const { result, notices } = followOn({ readBuild: refuse });
    expect(await result).toMatchObject({
      error: { code: 'azure.refused' },
      report: { run: { url: run.url } },
    });
    expect(notices('warning')).toContain(
      `run 42 goes on without us: see ${run.url}, or follow it with "image-builder attach 42"`,
    );
  });
});
