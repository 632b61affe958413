import { describe, expect, test } from 'vitest';
import type { AzureDevOps, PipelineBuild, Timeline } from '../azure/index.ts';
import { ImageBuilderError } from '../core/index.ts';
import { followRun } from './follow-run.ts';
import { printedReport } from './report-step.ts';
import {
  at,
  buildOf,
  collectEvents,
  endedTimeline,
  linesOf,
  reportOf,
  run,
  stageOf,
  strictAzure,
  virtualTime,
} from './run-for-test.ts';

const lines = printedReport(JSON.stringify(reportOf())).split('\n');
const ended = buildOf({ status: 'completed', result: 'succeeded', finishTime: at(90) });
const running = {
  records: stageOf('build', [{ id: 'make', type: 'Task', state: 'inProgress', result: undefined }]),
};
const between = { records: stageOf('build', [{ id: 'make', type: 'Task', logId: 1 }]) };
const down = () => {
  const details = { method: 'GET', url: 'https://dev.azure.com' };
  throw new ImageBuilderError('azure.unavailable', 'no answer', details);
};

interface Looks {
  readonly builds: readonly (PipelineBuild | (() => never))[];
  readonly timelines: readonly (Timeline | (() => never))[];
}

/** Follows a service that shows this, one thing after the other, the last for good. */
function follow({ builds, timelines }: Looks, more: Partial<AzureDevOps> = {}) {
  const { events, emit, notices } = collectEvents();
  const time = virtualTime();
  const asked: string[] = [];
  const next = <T>(name: string, values: readonly (T | (() => never))[]): T => {
    const count = asked.filter((each) => each === name).length;
    asked.push(name);
    const value = values[Math.min(count, values.length - 1)];
    return typeof value === 'function' ? (value as () => never)() : (value as T);
  };
  const azure = strictAzure({
    readBuild: async () => next('build', builds),
    readTimeline: async () => next('timeline', timelines),
    readLog: (_, logId) => linesOf(logId === 9 ? lines : ['made']),
    ...more,
  });
  const signal = new AbortController().signal;
  const result = followRun({ run, azure, longestPause: 5_000, ...time, emit, signal });
  return { result, events, notices, asked, slept: time.slept };
}

describe('a run is followed', () => {
  test('to its end, and its report with it', async () => {
    const { result, events } = follow({
      builds: [buildOf({}), ended],
      timelines: [running, between, endedTimeline()],
    });
    expect(await result).toEqual({
      build: ended,
      timeline: endedTimeline(),
      report: { kind: 'report', report: reportOf() },
    });
    const stages = events.filter(({ kind }) => kind.startsWith('stage'));
    expect(stages).toEqual([
      { kind: 'stage-started', stage: 'queue', title: 'waiting for an agent' },
      { kind: 'stage-finished', stage: 'queue', outcome: 'done', seconds: 0 },
    ]);
  });

  test('without asking for its end at each look while steps are running', async () => {
    const { result, asked } = follow({
      builds: [buildOf({}), buildOf({}), ended],
      timelines: [running, running, running, running, running, running, endedTimeline()],
    });
    await result;
    expect(asked.filter((each) => each === 'build')).toHaveLength(3);
  });

  test('until its last logs are there, but not for ever', async () => {
    const [late, logs] = [endedTimeline(), [...endedTimeline().records]];
    const withoutLog = { records: logs.map((record) => ({ ...record, logId: undefined })) };
    const { result } = follow({ builds: [ended], timelines: [withoutLog, withoutLog, late] });
    expect((await result).report).toMatchObject({ kind: 'report' });
    const never = follow({ builds: [ended], timelines: [withoutLog] });
    expect((await never.result).report).toMatchObject({ reason: expect.stringContaining('has left no log') });
    expect(never.slept).toEqual([800, 800, 800]);
  });

  test('through an outage in the middle, in which nothing is lost', async () => {
    const outage = Array(20).fill(down);
    const { result, notices } = follow({
      builds: [buildOf({}), ended],
      timelines: [running, ...outage, between, endedTimeline()],
    });
    expect((await result).report).toMatchObject({ kind: 'report' });
    expect(notices('warning')).toEqual(['no answer; asking again']);
  });

  test('as slowly as the service wants', async () => {
    const { result, slept } = follow(
      { builds: [buildOf({}), ended], timelines: [running, endedTimeline()] },
      {
        pause: () => 40_000,
      },
    );
    await result;
    expect(slept).toEqual([40_000]);
  });

  test('when nobody waits for it, and then neither does it', async () => {
    const controller = new AbortController();
    const { events, emit } = collectEvents();
    const azure = strictAzure({
      readBuild: async () => buildOf({}),
      readTimeline: async () => {
        controller.abort('SIGINT');
        return { records: [] };
      },
    });
    const followed = { run, azure, longestPause: 5_000, ...virtualTime(), emit, signal: controller.signal };
    await expect(followRun(followed)).rejects.toMatchObject({ code: 'cancelled' });
    expect(events.at(-1)).toMatchObject({ stage: 'queue', outcome: 'cancelled' });
  });
});
