import { expect, test } from 'vitest';
import { ImageBuilderError } from '../core/index.ts';
import type { SubmitResult } from './backend.ts';
import { queued, reportOf } from './run-for-test.ts';
import { submit } from './submit.ts';

const submitTo = (carryOut: () => Promise<SubmitResult>) =>
  submit({
    ...{ request: 'anything', backend: { kind: 'local', carryOut }, imageName: 'team/app' },
    ...{ clock: () => queued, signal: new AbortController().signal },
  });

test('a build that began ends as its backend says', async () => {
  const result = { report: reportOf() };
  expect(await submitTo(async () => result)).toBe(result);
});

test.each([
  ['a failure', new ImageBuilderError('usage.invalid', 'no login', { argument: 'x' }), 'usage.invalid'],
  ['a fault of ours', new TypeError('odd'), 'internal'],
  ['what is no error at all', 'odd', 'internal'],
])('a build that never began because of %s has a report', async (_, thrown, code) => {
  const { report, error } = await submitTo(async () => Promise.reject(thrown));
  expect(error).toMatchObject({ code });
  expect(report).toMatchObject({ status: 'Failed', image_name: 'team/app', error: { code } });
});
