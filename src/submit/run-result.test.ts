import { describe, expect, test } from 'vitest';
import type { BuildResult, TimelineRecord } from '../azure/index.ts';
import { exitCodeOf, ImageBuilderError } from '../core/index.ts';
import type { BuildReport } from '../report/index.ts';
import type { ReadReport } from './report-step.ts';
import { at, buildOf, issueOf, queued, reportOf, request, run, stageOf } from './run-for-test.ts';
import { brokenOff, resultOfRun } from './run-result.ts';

const facts = { ...run, request, clock: () => queued };

function endOf(
  result: BuildResult | undefined,
  told: Partial<BuildReport> | undefined,
  records: readonly TimelineRecord[] = [],
) {
  const build = buildOf({ status: 'completed', result, finishTime: at(90) });
  const report: ReadReport =
    told === undefined
      ? { kind: 'none', reason: 'nobody printed it' }
      : { kind: 'report', report: reportOf(told) };
  return resultOfRun({ build, timeline: { records }, report }, facts);
}

const failed = { state: 'completed', result: 'failed' } as const;
const failedStep = stageOf('build', [{ id: 'make', type: 'Task', ...failed, issues: [issueOf('it broke')] }]);
const buildFailure = {
  ...{ code: 'build.failed', message: 'no such command', file: 'Dockerfile', line: 3 },
} as const;
const toldFailure = { status: 'Failed', error: buildFailure } as const;

describe('the verdict', () => {
  test.each<
    [BuildResult | undefined, string, Partial<BuildReport> | undefined, BuildReport['status'], string, number]
  >([
    ['succeeded', 'a good report', {}, 'Succeeded', '', 0],
    ['succeeded', 'no report', undefined, 'Failed', 'run.failed', 5],
    ['succeeded', 'the report of a failure', toldFailure, 'Failed', 'run.failed', 4],
    ['succeeded', 'a failure without a reason', { status: 'Failed' }, 'Failed', 'run.failed', 5],
    ['succeeded', 'a success with an error', { error: buildFailure }, 'Failed', 'run.failed', 4],
    ['succeeded', 'a cancellation', { status: 'Canceled' }, 'Failed', 'run.failed', 5],
    ['partiallySucceeded', 'a good report', {}, 'Failed', 'run.failed', 5],
    ['partiallySucceeded', 'no report', undefined, 'Failed', 'run.failed', 5],
    ['failed', 'a good report', {}, 'Failed', 'run.failed', 5],
    ['failed', 'the report of a failure', toldFailure, 'Failed', 'run.failed', 4],
    ['failed', 'no report', undefined, 'Failed', 'run.failed', 5],
    [
      'failed',
      'the report of a cancellation',
      { status: 'Canceled', error: { code: 'cancelled', message: 'cancelled' } },
      'Canceled',
      'cancelled',
      130,
    ],
    ['canceled', 'a good report', {}, 'Canceled', 'cancelled', 130],
    ['canceled', 'the report of a failure', toldFailure, 'Canceled', 'cancelled', 130],
    ['canceled', 'no report', undefined, 'Canceled', 'cancelled', 130],
    ['unknown', 'a good report', {}, 'Failed', 'run.failed', 5],
    ['none', 'a good report', {}, 'Failed', 'run.failed', 5],
    [undefined, 'a good report', {}, 'Failed', 'run.failed', 5],
    ['unknown', 'no report', undefined, 'Failed', 'run.failed', 5],
  ])('of "%s" with %s is the one of the service', (result, _, told, status, code, exitCode) => {
    const { report, error } = endOf(result, told, failedStep.slice(0, result === 'failed' ? undefined : 0));
    expect([report.status, error?.code ?? '', error === undefined ? 0 : exitCodeOf(error)]).toEqual([
      status,
      code,
      exitCode,
    ]);
    expect(report.run).toEqual({
      ...{ backend: 'azure-devops', id: '42', url: run.url },
      result: result ?? 'unknown',
    });
    expect(report.error === undefined).toBe(error === undefined);
  });

  test('names what contradicts it', () => {
    expect(endOf('partiallySucceeded', {}).error?.message).toBe(
      'run 42 ended as "partiallySucceeded", and its report says "Succeeded"',
    );
    expect(endOf('succeeded', undefined).error?.message).toBe(
      'run 42 ended as "succeeded", and there is no report: nobody printed it',
    );
  });

  test('has the times of the run, and the report the name of the image even when it is ours', () => {
    expect(endOf('failed', undefined).report).toMatchObject({ image_name: 'team/app', seconds: 90 });
    expect(endOf('succeeded', {}).report.timings.map(({ stage }) => stage)).toEqual([
      'queue',
      'run',
      'build',
    ]);
  });
});

describe('why a run failed', () => {
  test('is what its report says, with the line of the Dockerfile', () => {
    const { error } = endOf('failed', { status: 'Failed', error: { ...buildFailure, hint: 'install it' } });
    const details = { url: run.url, cause: 'build.failed', file: 'Dockerfile', line: 3 };
    expect(error).toMatchObject({ message: 'no such command', hint: 'install it', details });
  });

  test('is what the issue of its first failed step says, with its code, place and way out', () => {
    const policy = issueOf('denied by "main"\nhint: ask for it', { code: 'policy.denied' });
    const issues = [issueOf("Bash exited with code '3'."), policy];
    const later = { id: 'later', type: 'Task', ...failed, issues: [issueOf('not this one')] } as const;
    const { error, report } = endOf('failed', undefined, [
      ...stageOf('identify', [{ id: 'id', type: 'Task', ...failed, issues }, later]),
    ]);
    expect(error).toMatchObject({ code: 'run.failed', message: 'denied by "main"', hint: 'ask for it' });
    expect(error && exitCodeOf(error)).toBe(3);
    expect(report.error).toMatchObject({ code: 'policy.denied', hint: 'ask for it' });
  });

  test('is the place that an issue names', () => {
    const issue = issueOf('no such command', { code: 'build.failed', sourcePath: 'Dockerfile', line: 7 });
    const { report } = endOf(
      'failed',
      undefined,
      stageOf('b', [{ id: 'x', type: 'Task', ...failed, issues: [issue] }]),
    );
    expect(report.error).toMatchObject({ code: 'build.failed', file: 'Dockerfile', line: 7 });
  });

  test.each([
    [
      'a step without a word',
      stageOf('b', [{ id: 'x', type: 'Task', name: 'make', ...failed }]),
      'step "b › make" of run 42 failed',
    ],
    [
      'a step with an empty word',
      stageOf('b', [{ id: 'x', type: 'Task', name: 'make', ...failed, issues: [issueOf(' ')] }]),
      'step "b › make" failed',
    ],
    [
      'a job that ran out of time',
      stageOf('b', []).map((record) =>
        record.type === 'Job' ? { ...record, ...failed, issues: [issueOf('too long')] } : record,
      ),
      'too long',
    ],
    [
      'a step that printed a token',
      stageOf('b', [{ id: 'x', type: 'Task', ...failed, issues: [issueOf('eyJa.b.c')] }]),
      '[secret]',
    ],
  ])('is %s', (_, records, message) => {
    expect(endOf('failed', undefined, records).error?.message).toBe(message);
  });

  test('is a failure of the run when nobody here knows the code', () => {
    const { error } = endOf('failed', { status: 'Failed', error: { code: 'new.fault', message: 'odd' } });
    expect(error && exitCodeOf(error)).toBe(5);
  });
});

test('a run that could not be followed has a report that says why, and its link', () => {
  const { report, error } = brokenOff(new TypeError('odd'), facts);
  expect(error).toMatchObject({ code: 'internal', message: 'odd' });
  expect(report).toMatchObject({ status: 'Failed', image_name: 'team/app', run: { id: '42', url: run.url } });
  expect(report.run?.result).toBeUndefined();
  const stopped = new ImageBuilderError('cancelled', 'cancelled', { signal: 'SIGINT' });
  expect(brokenOff(stopped, { ...facts, request: undefined }).report).toMatchObject({
    ...{ status: 'Canceled', image_name: '' },
  });
});
