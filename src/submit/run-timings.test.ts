import { expect, test } from 'vitest';
import { at, buildOf, recordOf, reportOf } from './run-for-test.ts';
import { withRunTimings } from './run-timings.ts';

const task = (seconds: number | undefined) =>
  recordOf({ id: `${seconds}`, type: 'Task', startTime: seconds === undefined ? undefined : at(seconds) });
const timeline = {
  records: [recordOf({ id: 's', type: 'Stage', startTime: at(1) }), task(30), task(20), task(undefined)],
};

test('a run waits until its first step begins, and lasts from when it was asked for', () => {
  const build = buildOf({ status: 'completed', startTime: at(1), finishTime: at(90) });
  expect(withRunTimings(reportOf(), { build, timeline })).toMatchObject({
    started: '2026-03-04T05:06:07Z',
    seconds: 90,
    timings: [
      { stage: 'queue', seconds: 20 },
      { stage: 'run', seconds: 90 },
      { stage: 'build', seconds: 20 },
    ],
  });
});

test('a run of which nothing ran waited all the time', () => {
  const build = buildOf({ status: 'completed', finishTime: at(60) });
  expect(withRunTimings(reportOf({ timings: [] }), { build, timeline: { records: [] } }).timings).toEqual([
    { stage: 'queue', seconds: 60 },
    { stage: 'run', seconds: 60 },
  ]);
});

test('a run without times leaves the report as it is', () => {
  const build = buildOf({ status: 'completed', queueTime: undefined, finishTime: at(60) });
  expect(withRunTimings(reportOf(), { build, timeline })).toEqual(reportOf());
});
