import { describe, expect, test } from 'vitest';
import type { Timeline } from '../azure/index.ts';
import { createDisplay, type ProgressEvent } from '../progress/index.ts';
import { relayLogs } from './relay-logs.ts';
import { linesOf, type recordOf, stageOf, strictAzure } from './run-for-test.ts';
import { openService, pipelineScript } from './service-for-test.ts';
import { watchTimeline } from './watch-timeline.ts';

/** A display of a runner, of whose output only the size is kept. */
function openSink() {
  const written = { characters: 0, largest: 0 };
  const stream = {
    write(text: string) {
      written.characters += text.length;
      written.largest = Math.max(written.largest, text.length);
    },
  };
  const display = createDisplay({
    ...{ mode: 'github', colors: false, clock: () => 0, stream, schedule: () => () => {} },
    token: () => 'token-of-the-test',
  });
  return { display, written };
}

describe('a log of 50 MB', { timeout: 120_000 }, () => {
  const line = 'x'.repeat(99);
  const count = 500_000;
  const talk = { name: 'talk', milliseconds: 1_000, log: { count, line: () => line } };

  test('goes through to the display in small pieces, and memory does not grow with it', async () => {
    const { submitBuild } = await openService({ runs: pipelineScript(2, [talk]) });
    const { display, written } = openSink();
    const before = process.memoryUsage().heapUsed;
    let most = 0;
    const emit = (event: ProgressEvent) => {
      display.emit(event);
      if (event.kind === 'group-log') most = Math.max(most, process.memoryUsage().heapUsed - before);
    };
    const { report } = await submitBuild({ emit });
    expect(report.status).toBe('Succeeded');
    expect(written.characters).toBeGreaterThan(count * line.length);
    expect(written.largest).toBeLessThan(100_000);
    expect(most).toBeLessThan(150 * 1024 * 1024);
  });
});

describe('a timeline of 5,000 steps', { timeout: 60_000 }, () => {
  const timelineOf = (steps: number, reads: { count: number }): Timeline => {
    const records = Array.from({ length: steps / 10 }, (_, stage) =>
      stageOf(
        `stage ${stage}`,
        Array.from({ length: 10 }, (_, step) => ({
          id: `${stage}.${step}`,
          type: 'Task',
          logId: stage * 10 + step + 1,
        })),
        stage,
      ),
    ).flat();
    // Counts how often anything is asked of a record.
    const counting: ProxyHandler<ReturnType<typeof recordOf>> = {
      get(record, name) {
        reads.count++;
        return Reflect.get(record, name);
      },
    };
    return { records: records.map((record) => new Proxy(record, counting)) };
  };

  /** How often a record is looked at in two looks at a timeline of so many steps, and how many events come of it. */
  async function effort(steps: number) {
    const reads = { count: 0 };
    const events: ProgressEvent['kind'][] = [];
    const emit = ({ kind }: ProgressEvent) => void events.push(kind);
    const azure = strictAzure({ readLog: () => linesOf(['a line']) });
    const watch = watchTimeline(emit);
    const { relay } = relayLogs({ runId: 42, azure, emit, signal: new AbortController().signal });
    for (let look = 0; look < 2; look++) {
      const timeline = timelineOf(steps, reads);
      watch.see(timeline);
      await relay(timeline);
    }
    return { reads: reads.count, logs: events.filter((kind) => kind === 'group-log').length };
  }

  test('costs ten times what one of 500 costs, and shows each log once', async () => {
    const [small, large] = [await effort(500), await effort(5_000)];
    expect([small.logs, large.logs]).toEqual([500, 5_000]);
    expect(large.reads / small.reads).toBeLessThan(12);
  });

  test('is followed to its end', async () => {
    const steps = Array.from({ length: 5_000 }, (_, at) => ({ name: `step ${at}`, milliseconds: 10 }));
    const { submitBuild } = await openService({ runs: pipelineScript(2, steps) });
    const { display } = openSink();
    const { report } = await submitBuild({ emit: display.emit });
    expect(report.status).toBe('Succeeded');
  });
});
