import { expect, test } from 'vitest';
import { ImageBuilderError } from '../core/index.ts';
import { errorReport } from './error-report.ts';

test('a failure in a run elsewhere is reported by the code and the place that it had there', () => {
  const details = { url: 'https://dev.azure.com/run', cause: 'build.failed', file: 'Dockerfile', line: 3 };
  const error = new ImageBuilderError('run.failed', 'no such command', details, { hint: 'see the run' });
  expect(errorReport(error)).toEqual({
    ...{ code: 'build.failed', message: 'no such command', hint: 'see the run' },
    ...{ file: 'Dockerfile', line: 3 },
  });
});

test('a run that failed for no reason that is known is reported as such', () => {
  const error = new ImageBuilderError('run.failed', 'ended as "failed"', { url: 'https://dev.azure.com' });
  expect(errorReport(error)).toEqual({ code: 'run.failed', message: 'ended as "failed"' });
});

test.each([
  ['a fault of ours', new TypeError('no'), { code: 'internal', message: 'no' }],
  [
    'a build that printed nothing',
    new ImageBuilderError('build.failed', 'failed', { file: 'Dockerfile', output: [] }),
    { code: 'build.failed', message: 'failed', file: 'Dockerfile' },
  ],
])('%s is reported with what is known of it', (_, error, expected) => {
  expect(errorReport(error)).toEqual(expected);
});
