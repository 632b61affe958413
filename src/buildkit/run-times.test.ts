import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { BuildTracker } from './build-tracker.ts';
import { runTimes } from './run-times.ts';
import { parseSolveStatus } from './solve-status.ts';

const fixtures = new URL('../../test/fixtures/buildkit/', import.meta.url);
const read = (path: string) => readFileSync(new URL(path, fixtures), 'utf8');

function replay(fixture: string) {
  const tracker = new BuildTracker('linux/amd64', () => {});
  for (const line of read(`${fixture}/status.rawjson`).split('\n')) {
    const status = parseSolveStatus(line);
    if (status !== undefined) tracker.take(status);
  }
  return runTimes(tracker.steps, read(`${fixture}/Dockerfile`));
}

test('every RUN of a build has its time, on its line, for each platform', () => {
  const times = replay('two-platforms');
  const places = times.map(({ line, platform }) => `${line} ${platform}`).sort();
  expect(places).toEqual([
    '10 linux/amd64',
    '10 linux/arm64',
    '13 linux/amd64',
    '13 linux/arm64',
    '22 linux/amd64',
    '22 linux/arm64',
    '3 linux/amd64',
    '3 linux/arm64',
  ]);
  for (const { seconds } of times) expect(seconds).toBeGreaterThan(0);
});

test.each(['cached', 'failing-run'])('what a cache had, and what failed, has none: %s', (fixture) => {
  expect(replay(fixture)).toEqual([]);
});
