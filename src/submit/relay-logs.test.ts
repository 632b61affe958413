import { describe, expect, test } from 'vitest';
import { cancelled, ImageBuilderError } from '../core/index.ts';
import { relayLogs } from './relay-logs.ts';
import { printedReport } from './report-step.ts';
import { at, collectEvents, endedTimeline, linesOf, reportOf, stageOf, strictAzure } from './run-for-test.ts';

const details = { method: 'GET', url: 'https://dev.azure.com' };
const down = new ImageBuilderError('azure.unavailable', 'the service is down', details);

type Log = readonly (string | Error)[];

/** A relay of these logs; each reading of a log takes the next of its lists, the last one for good. */
function relayOf(logs: Readonly<Record<number, readonly Log[]>>) {
  const { events, emit } = collectEvents();
  const read: number[] = [];
  const azure = strictAzure({
    async *readLog(_, logId) {
      read.push(logId);
      const readings = logs[logId] ?? [];
      const times = read.filter((each) => each === logId).length;
      for (const line of readings[Math.min(times, readings.length) - 1] ?? []) {
        if (line instanceof Error) throw line;
        yield line;
      }
    },
  });
  const { relay, report } = relayLogs({ runId: 42, azure, emit, signal: new AbortController().signal });
  const shown = () =>
    events.map((event) => {
      if (event.kind === 'group-started') return `> ${event.untrustedTitle}`;
      return event.kind === 'group-log' ? event.untrustedText : '<';
    });
  return { relay, report, read, shown };
}

const times = { startTime: at(0), finishTime: at(3) };
const steps = [
  { id: 'one', type: 'Task', logId: 1, ...times },
  { id: 'two', type: 'Task', logId: 2, ...times },
] as const;
const timeline = { records: stageOf('build', steps) };

describe('the log of a step', () => {
  test('is shown once, when it has ended, in its order', async () => {
    const { relay, read, shown } = relayOf({ 1: [['a', 'b']], 2: [[]] });
    const running = {
      records: stageOf('build', [steps[0], { id: 'two', type: 'Task', state: 'inProgress' }]),
    };
    expect([await relay(running), await relay(timeline), await relay(timeline)]).toEqual([true, true, true]);
    expect(read).toEqual([1, 2]);
    expect(shown()).toEqual(['> build › one (3.0 s)', 'a\nb', '<', '> build › two (3.0 s)', '<']);
  });

  test('that comes late is waited for, and not that of a step that was never run', async () => {
    const { relay, read } = relayOf({ 1: [['a']] });
    const { logId: _, ...without } = steps[0];
    expect(await relay({ records: stageOf('build', [without]) })).toBe(false);
    const skipped = stageOf('build', [
      { ...without, result: 'skipped' },
      { ...without, id: 'x', result: 'canceled' },
    ]);
    expect(await relay({ records: skipped })).toBe(true);
    expect(await relay({ records: stageOf('build', [steps[0]]) })).toBe(true);
    expect(read).toEqual([1]);
  });

  test('is shown again for another attempt, which has a log of its own', async () => {
    const { relay, read } = relayOf({ 1: [['a']], 7: [['b']] });
    await relay({ records: stageOf('build', [steps[0]]) });
    await relay({ records: stageOf('build', [{ ...steps[0], attempt: 2, logId: 7 }]) });
    expect(read).toEqual([1, 7]);
  });

  test('goes on at the next look where it broke off, and those behind it wait', async () => {
    const { relay, shown } = relayOf({ 1: [['a', down], [down], ['a', 'b']], 2: [['c']] });
    expect([await relay(timeline), await relay(timeline), await relay(timeline)]).toEqual([
      false,
      false,
      true,
    ]);
    expect(shown()).toEqual([
      ...['> build › one (3.0 s)', 'a', '<'],
      ...['> build › one (3.0 s, continued)', 'b', '<'],
      ...['> build › two (3.0 s)', 'c', '<'],
    ]);
  });

  test('that cannot be read is given up at the third look', async () => {
    const { relay, shown } = relayOf({ 1: [[down]], 2: [['c']] });
    expect([await relay(timeline), await relay(timeline), await relay(timeline)]).toEqual([
      false,
      false,
      true,
    ]);
    expect(shown().slice(0, 3)).toEqual([
      '> build › one (3.0 s)',
      'the rest of this log cannot be read: the service is down',
      '<',
    ]);
  });

  test('is left when we are told to stop', async () => {
    const { relay, shown } = relayOf({ 1: [['a', cancelled()]] });
    await expect(relay(timeline)).rejects.toMatchObject({ code: 'cancelled' });
    expect(shown()).toEqual(['> build › one (3.0 s)', 'a', '<']);
  });

  test('is shown without the token that deployed pipelines print', async () => {
    const { relay, shown } = relayOf({ 1: [['Authorization: eyJa.b.c']] });
    await relay({ records: stageOf('build', [steps[0]]) });
    expect(shown()[1]).toBe('Authorization: [secret]');
  });
});

describe('the report', () => {
  const lines = printedReport(JSON.stringify(reportOf(), null, 2)).split('\n');

  test('is read from the log of its step, and from no other', async () => {
    const forged = stageOf('build', [{ id: 'one', type: 'Task', logId: 1 }]);
    const { relay, report } = relayOf({ 1: [lines], 9: [lines] });
    await relay(endedTimeline(...forged));
    expect(report('print')).toEqual({ kind: 'report', report: reportOf() });
    expect(report('one')).toBeUndefined();
  });

  test('is whole also when its log broke off at first', async () => {
    const { relay, report } = relayOf({ 9: [[...lines.slice(0, 5), down], lines] });
    await relay(endedTimeline());
    expect(report('print')).toBeUndefined();
    await relay(endedTimeline());
    expect(report('print')).toMatchObject({ kind: 'report' });
  });

  test('is none when it is larger than any', async () => {
    const { relay, report } = relayOf({ 9: [[...lines, 'x'.repeat(9 * 1024 * 1024)]] });
    await relay(endedTimeline());
    expect(report('print')).toMatchObject({ kind: 'none', reason: expect.stringContaining('larger') });
  });
});

test('a long log goes to the display in pieces', async () => {
  const { events, emit } = collectEvents();
  const azure = strictAzure({ readLog: () => linesOf(Array(1_000).fill('x'.repeat(99))) });
  const { relay } = relayLogs({ runId: 42, azure, emit, signal: new AbortController().signal });
  await relay({ records: stageOf('build', [steps[0]]) });
  const pieces = events.flatMap((event) => (event.kind === 'group-log' ? [event.untrustedText] : []));
  expect(pieces).toHaveLength(4);
  expect(pieces.join('\n').split('\n')).toHaveLength(1_000);
});
