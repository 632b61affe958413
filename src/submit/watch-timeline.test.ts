import { describe, expect, test } from 'vitest';
import { at, collectEvents, issueOf, recordOf } from './run-for-test.ts';
import { watchTimeline } from './watch-timeline.ts';

const step = recordOf({ id: 't', type: 'Task', name: 'push' });
const running = { ...step, state: 'inProgress', startTime: at(1) } as const;
const ended = { ...running, state: 'completed', result: 'succeeded', finishTime: at(4) } as const;
const started = { kind: 'step-started', id: 't', stage: 'run', untrustedName: 'push' };
const finished = { kind: 'step-finished', id: 't', outcome: 'done', seconds: 3 };

/** What the display is told of a record at these looks, and which of them saw something new. */
function watch(looks: readonly (typeof step)[]) {
  const { events, emit } = collectEvents();
  const { see } = watchTimeline(emit);
  return { news: looks.map((record) => see({ records: [record] })), events };
}

describe('a step', () => {
  test('is told once when it begins, and once when it ends', () => {
    expect(watch([step, running, running, ended, ended])).toEqual({
      news: [false, true, false, true, false],
      events: [started, finished],
    });
  });

  test('that nobody saw running has begun too', () => {
    expect(watch([ended]).events).toEqual([started, finished]);
  });

  test('that was skipped never was', () => {
    const skipped = { ...step, state: 'completed', result: 'skipped' } as const;
    expect(watch([skipped, skipped])).toEqual({ news: [true, false], events: [] });
  });

  test.each([
    [
      'seen',
      [
        { ...running, attempt: 2 },
        { ...ended, attempt: 2 },
      ],
    ],
    ['not seen', [{ ...ended, attempt: 2 }]],
  ])('that is tried again begins again, its running %s', (_, again) => {
    expect(watch([ended, ...again, ...again.slice(-1)]).events).toEqual([
      started,
      finished,
      started,
      finished,
    ]);
  });

  test.each([
    ['succeededWithIssues', 'done'],
    ['failed', 'failed'],
    ['canceled', 'cancelled'],
    ['abandoned', 'cancelled'],
    ['unknown', 'failed'],
    [undefined, 'failed'],
  ] as const)('that came to %s is %s', (result, outcome) => {
    const { events } = watch([{ ...ended, result }]);
    expect(events[1]).toMatchObject({ outcome });
  });

  test('that failed says its first error, without any token in it', () => {
    const issues = [issueOf('mind', { kind: 'warning' }), issueOf('got eyJa.b.c'), issueOf('later')];
    expect(watch([{ ...ended, result: 'failed', issues }]).events[1]).toMatchObject({
      untrustedError: 'got [secret]',
    });
  });

  test('that the service gives no times took none', () => {
    expect(watch([{ ...ended, startTime: undefined }]).events[1]).toMatchObject({ seconds: 0 });
  });
});
