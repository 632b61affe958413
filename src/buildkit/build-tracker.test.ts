import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { ProgressEvent } from '../progress/index.ts';
import { BuildTracker } from './build-tracker.ts';
import { parseSolveStatus, type SolveStatus } from './solve-status.ts';

const fixtures = new URL('../../test/fixtures/buildkit/', import.meta.url);

function track(statuses: Iterable<SolveStatus>): { tracker: BuildTracker; events: ProgressEvent[] } {
  const events: ProgressEvent[] = [];
  const tracker = new BuildTracker('linux/amd64', (event) => events.push(event));
  for (const status of statuses) tracker.take(status);
  return { tracker, events };
}

function replay(fixture: string) {
  const lines = readFileSync(new URL(`${fixture}/status.rawjson`, fixtures), 'utf8').split('\n');
  return track(lines.map(parseSolveStatus).filter((status) => status !== undefined));
}

/** The events of the steps whose name matches, without what varies from run to run. */
function eventsOf(events: readonly ProgressEvent[], name: RegExp) {
  const ids = new Set(
    events.flatMap((event) =>
      event.kind === 'step-started' && name.test(event.untrustedName) ? [event.id] : [],
    ),
  );
  return events.flatMap((event) => {
    if (!('id' in event) || !ids.has(event.id)) return [];
    if (event.kind === 'step-started') return [`started ${event.platform} ${event.untrustedName}`];
    if (event.kind === 'step-log') return event.untrustedText.split('\n').map((line) => `log ${line}`);
    if (event.kind === 'step-progress') return [`bytes ${event.current}/${event.total}`];
    return [`${event.outcome}${event.untrustedError === undefined ? '' : `: ${event.untrustedError}`}`];
  });
}

const none: SolveStatus = { vertexes: [], statuses: [], logs: [], warnings: [] };
const at = (seconds: number) => new Date(seconds * 1000).toISOString();

describe('BuildTracker', () => {
  test('reports a step from its start to its end', () => {
    const { events } = replay('two-platforms');
    expect(eventsOf(events, /^builder 5\/5 RUN/)).toHaveLength(8);
    expect(eventsOf(events, /^stage-2 3\/3 RUN uname/).toSorted()).toEqual([
      'done',
      'done',
      'log aarch64',
      'log x86_64',
      'started linux/amd64 stage-2 3/3 RUN uname -m',
      'started linux/arm64 stage-2 3/3 RUN uname -m',
    ]);
  });

  test('starts and ends every step as often as the other, and never reports a step that is not started', () => {
    for (const fixture of ['two-platforms', 'cached', 'pull', 'many-steps', 'failing-run', 'missing-cache']) {
      const running = new Map<string, boolean>();
      for (const event of replay(fixture).events) {
        if (event.kind === 'step-started') running.set(event.id, true);
        if (event.kind === 'step-log') expect(running.has(event.id)).toBe(true);
        if (event.kind === 'step-finished') {
          expect(running.has(event.id)).toBe(true);
          running.set(event.id, false);
        }
      }
      expect([...running.values()]).not.toContain(true);
    }
  });

  test('sums the bytes of a pull', () => {
    const { events } = replay('pull');
    expect(eventsOf(events, /^1\/2 FROM/)).toContain('bytes 30003974/30003974');
  });

  test('says what a failed step said, and that others were cancelled', () => {
    const { events, tracker } = replay('failing-run');
    const failing = eventsOf(events, /^compile 1\/2 RUN/);
    expect(failing).toContain('failed: exit code: 7');
    expect(failing).toContain('log ::error::from a build');
    const outputs = tracker.steps.filter(({ untrustedError }) => untrustedError?.endsWith('exit code: 7'));
    expect(outputs[0]?.output.tail(2)).toEqual(['line 29', 'line 30']);
  });

  test('keeps no output of steps that ended well', () => {
    for (const { output, untrustedError } of replay('two-platforms').tracker.steps) {
      expect(untrustedError).toBeUndefined();
      expect(output.tail(100)).toEqual([]);
    }
  });

  test('takes a cache that cannot be read or written for no failure', () => {
    const { events } = replay('missing-cache');
    expect(eventsOf(events, /cache/)).toEqual([
      'started undefined importing cache manifest from 127.0.0.1:5099/nocache:1',
      'cancelled',
      'started undefined exporting cache to registry',
      'cancelled',
    ]);
    expect(events.some((event) => event.kind === 'step-finished' && event.outcome === 'failed')).toBe(false);
  });

  test('ends what the engine left open', () => {
    const { tracker, events } = replay('engine-died');
    expect(eventsOf(events, /RUN/)).toEqual([
      'started linux/amd64 2/2 RUN echo start; sleep 1234',
      'log start',
    ]);
    tracker.end();
    expect(eventsOf(events, /RUN/).at(-1)).toBe('cancelled');
    const count = events.length;
    tracker.end();
    expect(events).toHaveLength(count);
  });

  test('marks housekeeping', () => {
    const internal = replay('two-platforms').events.flatMap((event) =>
      event.kind === 'step-started' && event.internal ? [event.untrustedName] : [],
    );
    expect(internal).toContain('load build context');
    expect(internal).not.toContain('exporting to oci image format');
  });

  test('adds up the times of a step that goes on', () => {
    const vertex = { digest: 'a', name: '[1/2] FROM a' };
    const { tracker, events } = track([
      { ...none, vertexes: [{ ...vertex, started: at(10), completed: at(11) }] },
      { ...none, vertexes: [{ ...vertex, started: at(20) }] },
      { ...none, vertexes: [{ ...vertex, started: at(20), completed: at(23) }] },
      { ...none, vertexes: [{ ...vertex, started: at(20), completed: at(23) }] },
    ]);
    expect(tracker.steps[0]).toMatchObject({
      seconds: 4,
      firstStarted: 10,
      lastCompleted: 23,
      cached: false,
    });
    expect(events.filter(({ kind }) => kind === 'step-finished')).toMatchObject([
      { seconds: 1 },
      { seconds: 3 },
    ]);
  });

  test('corrects a step that turns out to be cached', () => {
    const vertex = { digest: 'a', name: '[1/2] FROM a', started: at(10), completed: at(11) };
    const { tracker, events } = track([
      { ...none, vertexes: [vertex] },
      { ...none, vertexes: [{ ...vertex, cached: true }] },
    ]);
    expect(tracker.steps[0]).toMatchObject({ cached: true, seconds: 1 });
    expect(events.at(-1)).toMatchObject({ kind: 'step-finished', outcome: 'cached' });
  });

  test('keeps up with thousands of steps and tens of megabytes of output', () => {
    const vertexes = Array.from({ length: 5000 }, (_, index) => ({
      digest: `${index}`,
      name: `[${index + 1}/5000] RUN x`,
      started: at(index),
    }));
    const data = Buffer.from(`${'x'.repeat(99)}\n`.repeat(1000)).toString('base64');
    const logs = Array.from({ length: 300 }, () => ({ vertex: '0', stream: 1, data }));
    const { tracker, events } = track([
      { ...none, vertexes },
      ...logs.map((log) => ({ ...none, logs: [log] })),
    ]);
    tracker.end();
    expect(events).toHaveLength(5000 + 300 + 5000);
    expect(tracker.steps[0]?.output.tail(1000)).toHaveLength(50);
  });

  test('ignores logs and counters of steps it never saw', () => {
    const { events } = track([
      { ...none, logs: [{ vertex: 'x', stream: 1, data: 'eAo=' }] },
      { ...none, statuses: [{ vertex: 'x', id: 'y', current: 1 }] },
    ]);
    expect(events).toEqual([]);
  });
});
