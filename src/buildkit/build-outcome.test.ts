import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { readBuildRef, readImageDigest, summarise } from './build-outcome.ts';
import { BuildTracker, type TrackedStep } from './build-tracker.ts';
import { parseSolveStatus } from './solve-status.ts';

const fixtures = new URL('../../test/fixtures/buildkit/', import.meta.url);
const platforms = ['linux/arm64', 'linux/amd64'];

function replay(fixture: string): readonly TrackedStep[] {
  const tracker = new BuildTracker('linux/amd64', () => {});
  for (const line of readFileSync(new URL(`${fixture}/status.rawjson`, fixtures), 'utf8').split('\n')) {
    const status = parseSolveStatus(line);
    if (status !== undefined) tracker.take(status);
  }
  return tracker.steps;
}

test('counts what each platform builds upon, the steps it shares with another one too', () => {
  const built = summarise(replay('two-platforms'), platforms);
  expect(built.platforms.map(({ platform, steps }) => [platform, steps])).toEqual([
    ['linux/arm64', 8],
    ['linux/amd64', 8],
  ]);
  for (const { seconds } of built.platforms) expect(seconds).toBeGreaterThan(0);
  expect(built.seconds).toBeGreaterThanOrEqual(Math.max(...built.platforms.map(({ seconds }) => seconds)));
});

test('knows a build that found everything in the cache', () => {
  const { platforms: outcomes } = summarise(replay('cached'), platforms);
  for (const { steps, cachedSteps } of outcomes) expect([steps, cachedSteps]).toEqual([8, 8]);
});

test('names the slowest steps first, without cached ones', () => {
  const { slowestSteps, seconds: whole } = summarise(replay('two-platforms'), platforms);
  const seconds = slowestSteps.map((step) => step.seconds);
  expect(slowestSteps).toHaveLength(5);
  for (const { after, seconds: long } of slowestSteps) {
    expect(after).toBeGreaterThanOrEqual(0);
    expect(after + long).toBeLessThanOrEqual(whole + 0.002);
  }
  expect(seconds).toEqual(seconds.toSorted((a, b) => b - a));
  expect(slowestSteps[0]?.name).toMatch(/^[a-z0-9-]+ \d\/\d (?:RUN|COPY|FROM)/);
});

test('a build without steps took no time', () => {
  expect(summarise([], ['linux/amd64'])).toEqual({
    seconds: 0,
    platforms: [{ platform: 'linux/amd64', seconds: 0, steps: 0, cachedSteps: 0 }],
    slowestSteps: [],
  });
});

test('reads the digest of the index from recorded metadata', () => {
  const metadata = readFileSync(new URL('two-platforms/metadata.json', fixtures), 'utf8');
  expect(readImageDigest(metadata)).toBe(JSON.parse(metadata)['containerimage.descriptor'].digest);
});

test.each(['{}', '{"containerimage.digest":1}', '{"containerimage.digest":"sha256:0"}'])(
  'finds no digest in %s',
  (metadata) => {
    expect(readImageDigest(metadata)).toBeUndefined();
  },
);

test('reads the name of the build from recorded metadata', () => {
  const metadata = readFileSync(new URL('two-platforms/metadata.json', fixtures), 'utf8');
  expect(readBuildRef(metadata)).toBe('k7fpinrkhk3t4hiznmhv4twlr');
});

test.each(['{}', '{"buildx.build.ref":1}', '{"buildx.build.ref":"a/b/--x"}', '{"buildx.build.ref":"abc"}'])(
  'finds no name in %s',
  (metadata) => {
    expect(readBuildRef(metadata)).toBeUndefined();
  },
);
