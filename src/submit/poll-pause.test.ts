import { expect, test } from 'vitest';
import type { Timeline } from '../azure/index.ts';
import { pollPause } from './poll-pause.ts';
import { recordOf, reportName, stageOf } from './run-for-test.ts';

const stage = (order: number, state: 'pending' | 'inProgress' | 'completed') =>
  recordOf({ id: `stage ${order}`, type: 'Stage', order, state });
const building: Timeline = {
  records: [stage(3, 'pending'), stage(1, 'completed'), stage(4, 'pending'), stage(2, 'inProgress')],
};
const waiting = [stage(2, 'pending'), stage(3, 'pending')];
const publishing: Timeline = {
  records: [stage(1, 'completed'), stage(2, 'completed'), stage(3, 'inProgress'), stage(4, 'pending')],
};
const oneStage = (state: 'pending' | 'inProgress'): Timeline => {
  const step = { id: 'work', type: 'Task', state: 'inProgress' } as const;
  const print = { id: 'print', type: 'Task', name: reportName, state } as const;
  return { records: [...stageOf('all', [step, print])] };
};

test.each([
  ['at the beginning', building, 9, 9, 800],
  ['while the first stage may refuse', { records: [stage(1, 'inProgress'), ...waiting] }, 100, 60, 800],
  ['while things change', building, 100, 2, 2_000],
  ['while one thing takes its time', building, 100, 30, 3_000],
  ['while one thing takes very long', building, 3_000, 2_000, 5_000],
  ['near the end', publishing, 100, 60, 800],
  ['near the end, while a signature takes its time', publishing, 1_000, 300, 3_000],
  ['of a single stage, while things change', oneStage('pending'), 100, 2, 800],
  ['of a single stage, before the report', oneStage('pending'), 1_000, 60, 5_000],
  ['of a single stage, while the report is printed', oneStage('inProgress'), 1_000, 60, 800],
  ['when everything has ended', { records: stageOf('all', []) }, 1_000, 60, 800],
  ['before anything is known', { records: [] }, 1_000, 1_000, 5_000],
])('%s the next look is soon enough', (_, timeline, sinceStart, sinceChange, pause) => {
  const seconds = { sinceStart: sinceStart * 1_000, sinceChange: sinceChange * 1_000 };
  expect(pollPause({ ...seconds, longest: 5_000, timeline })).toBe(pause);
});

test('no configuration makes looks follow each other without a pause', () => {
  const seconds = { sinceStart: 100_000, sinceChange: 100_000 };
  expect(pollPause({ ...seconds, longest: 1, timeline: building })).toBe(800);
});
