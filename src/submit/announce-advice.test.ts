import { expect, test } from 'vitest';
import type { ProgressEvent } from '../progress/index.ts';
import type { BuildReport } from '../report/index.ts';
import { announceAdvice } from './announce-advice.ts';

function announced(advice: BuildReport['advice']): readonly ProgressEvent[] {
  const events: ProgressEvent[] = [];
  announceAdvice({ advice }, (event) => events.push(event));
  return events;
}

const advice = { rule: 'go-build-a', message: 'leave it out', file: 'Dockerfile', line: 3, saves: '47 s' };

test('each advice of a report is shown once, on its line', () => {
  expect(announced([advice, advice, { rule: 'new-rule', message: 'do that' }])).toEqual([
    {
      kind: 'notice',
      level: 'warning',
      title: 'go-build-a',
      message: 'Dockerfile:3: leave it out; 47 s (advice "go-build-a")',
      file: 'Dockerfile',
      line: 3,
    },
    { kind: 'notice', level: 'warning', title: 'new-rule', message: 'do that (advice "new-rule")' },
  ]);
});

test('a report that knows of none, or of far too many, is no trouble', () => {
  expect(announced(undefined)).toEqual([]);
  expect(announced(Array.from({ length: 1000 }, (_, line) => ({ ...advice, line })))).toHaveLength(20);
});
