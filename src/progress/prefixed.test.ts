import { expect, test } from 'vitest';
import type { ProgressEvent } from './events.ts';
import { prefixed } from './prefixed.ts';

test('what two builds tell at the same time can be told apart', () => {
  const told: ProgressEvent[] = [];
  const events: ProgressEvent[] = [
    { kind: 'stage-started', stage: 'build', title: 'building' },
    { kind: 'step-started', id: '1', stage: 'build', untrustedName: 'RUN x' },
    { kind: 'step-log', id: '1', untrustedText: 'said' },
    { kind: 'notice', level: 'info', message: 'done' },
    { kind: 'group-started', untrustedTitle: 'log' },
    { kind: 'group-finished' },
  ];
  for (const event of events) prefixed('arm', (each) => told.push(each))(event);
  expect(told).toEqual([
    { kind: 'stage-started', stage: 'build', title: 'arm: building' },
    { kind: 'step-started', id: 'arm 1', stage: 'build', untrustedName: 'arm: RUN x' },
    { kind: 'step-log', id: 'arm 1', untrustedText: 'said' },
    { kind: 'notice', level: 'info', message: 'arm: done' },
    { kind: 'group-started', untrustedTitle: 'arm: log' },
    { kind: 'group-finished' },
  ]);
});
