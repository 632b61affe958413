import { describe, expect, test } from 'vitest';
import { type BuildReport, earlyFailureReport } from '../../report/index.ts';
import { joinBuilt } from './join-built.ts';

const now = new Date('2026-03-04T05:06:07Z');
const { error: _, ...nothing } = earlyFailureReport({ imageName: 'app', error: new Error('x'), now });

const reportOf = (platform: string, more: Partial<BuildReport> = {}): BuildReport => ({
  ...nothing,
  status: 'Succeeded',
  platforms: [{ platform, digest: `sha256:${platform}`, size: 1, seconds: 1, steps: 1, cached_steps: 0 }],
  repositories: [repository('pushed', 10, 1)],
  ...more,
});

function repository(state: 'pushed' | 'missing', uploaded_bytes: number, seconds: number) {
  return { repository: 'r/app', pull_repository: 'p/app', state, uploaded_bytes, seconds };
}

describe('what several nodes built is told as one build', () => {
  test('that took as long as the slowest', () => {
    const timings = [{ stage: 'build', seconds: 9 }] as BuildReport['timings'];
    const slow = { seconds: 9, timings, repositories: [repository('pushed', 5, 4)] };
    const joined = joinBuilt([reportOf('linux/amd64', { seconds: 2 }), reportOf('linux/arm64', slow)]);
    expect(joined).toMatchObject({
      ...{ status: 'Succeeded', seconds: 9, timings },
      repositories: [repository('pushed', 15, 4)],
    });
    expect(joined.platforms.map(({ platform }) => platform)).toEqual(['linux/amd64', 'linux/arm64']);
  });

  test('that is not there when one of them lacks it', () => {
    const lacking = { repositories: [repository('missing', 0, 0)] };
    const joined = joinBuilt([reportOf('linux/amd64'), reportOf('linux/arm64', lacking)]);
    expect(joined.repositories).toMatchObject([{ state: 'missing' }]);
  });

  test.each([
    ['Failed', 'Canceled', 'Canceled'],
    ['Succeeded', 'Failed', 'Failed'],
    ['Succeeded', 'Succeeded', 'Succeeded'],
  ] as const)('that ended as the worst of %s and %s', (one, other, expected) => {
    const reports = [reportOf('linux/amd64', { status: one }), reportOf('linux/arm64', { status: other })];
    expect(joinBuilt(reports).status).toBe(expected);
    expect(joinBuilt(reports.toReversed()).status).toBe(expected);
  });

  test('that complains once of what all of them complain of, and names the slowest steps of all', () => {
    const warnings = [{ code: 'lint', message: 'old syntax' }] as unknown as BuildReport['warnings'];
    const step = (seconds: number) => ({ name: `RUN ${seconds}`, seconds });
    const joined = joinBuilt([
      reportOf('linux/amd64', { warnings, slowest_steps: [step(9), step(5), step(1)] as never }),
      reportOf('linux/arm64', { warnings, slowest_steps: [step(8), step(7), step(2)] as never }),
    ]);
    expect(joined.warnings).toEqual(warnings);
    expect(joined.slowest_steps.map(({ seconds }) => seconds)).toEqual([9, 8, 7, 5, 2]);
  });

  test('with each advice once, in the words of the first', () => {
    const advice = (line: number, message: string) => ({
      rule: 'emulated-compile',
      file: 'Dockerfile',
      line,
      message,
    });
    const one = reportOf('linux/amd64', { advice: [advice(3, 'of amd64'), advice(5, 'of both')] });
    const other = reportOf('linux/arm64', { advice: [advice(3, 'of arm64'), advice(7, 'of arm64')] });
    expect(joinBuilt([one, other]).advice?.map(({ line, message }) => `${line} ${message}`)).toEqual([
      '3 of amd64',
      '5 of both',
      '7 of arm64',
    ]);
    expect(joinBuilt([reportOf('linux/amd64')])).not.toHaveProperty('advice');
  });
});
