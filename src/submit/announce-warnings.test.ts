import { expect, test } from 'vitest';
import { announceWarnings } from './announce-warnings.ts';
import { collectEvents } from './run-for-test.ts';

test('each warning of a build is shown once, on its line and under the name of its rule', () => {
  const { events, emit } = collectEvents();
  const stage = {
    message: 'StageNameCasing: stage name "A" is not in lower case',
    file: 'Dockerfile',
    line: 3,
  };
  announceWarnings(
    { warnings: [stage, stage, { message: 'no place' }, { message: 'x', file: 'a/Dockerfile' }] },
    emit,
  );
  const notice = { kind: 'notice', level: 'warning' };
  expect(events).toEqual([
    {
      ...notice,
      ...{ file: 'Dockerfile', line: 3, title: 'StageNameCasing' },
      message: `Dockerfile:3: ${stage.message}`,
    },
    { ...notice, message: 'no place' },
    { ...notice, file: 'a/Dockerfile', message: 'a/Dockerfile: x' },
  ]);
});
