import { describe, expect, test } from 'vitest';
import { adviseBuild } from '../advise-build.ts';
import { type AskedBuild, plannedBuild } from '../build-for-test.ts';
import type { RunTime } from './slow-emulation.ts';

const two = `FROM --platform=$BUILDPLATFORM golang AS tools
RUN echo tools
FROM golang AS build
COPY . .
RUN go generate
RUN --mount=type=cache,target=/root/.cache/go-build go build -o /x .
FROM debian
RUN apt-get update
COPY --from=build /x /x
COPY --from=tools /y /y`;

const [arm, amd] = ['linux/arm64', 'linux/amd64'];
const at = (line: number, platform: string, seconds: number): RunTime => ({ line, platform, seconds });

function advice(times: readonly RunTime[], asked: AskedBuild = {}) {
  const rules = ['slow-emulation', 'emulated-compile'] as const;
  return adviseBuild(plannedBuild(two, { platforms: [arm, amd], rules, ...asked }), times);
}

describe('a build that was slow under emulation', () => {
  test('names the stage that lost most, its cost, and what the builder itself took, in place of the guess', () => {
    const times = [
      at(5, arm, 8),
      at(5, amd, 1),
      at(6, arm, 64),
      at(6, amd, 6),
      at(8, arm, 30),
      at(8, amd, 3),
    ];
    expect(advice(times)).toEqual([
      {
        rule: 'slow-emulation',
        file: 'Dockerfile',
        line: 3,
        message:
          'stage "build" took 1 min 12 s under emulation for linux/arm64, and 7.0 s natively, most of it in line 6: begin it with FROM --platform=$BUILDPLATFORM and compile for $TARGETARCH',
        saves: 'about 1 min 05 s of this build',
      },
    ]);
  });

  test('says of the image itself that work has to move, and keeps the guess about the other stage', () => {
    expect(advice([at(8, arm, 30)])).toMatchObject([
      { rule: 'emulated-compile', line: 6 },
      {
        rule: 'slow-emulation',
        line: 7,
        message:
          'stage "stage-2" took 30 s under emulation for linux/arm64, most of it in line 8: move the work to a stage FROM --platform=$BUILDPLATFORM and copy the result, or let a builder node of that platform build it',
        saves: 'compilers took 10 times as long under emulation',
      },
    ]);
  });

  test('adds up several platforms, each against the native one', () => {
    const times = [at(6, arm, 40), at(6, amd, 5), at(6, 'linux/s390x', 50)];
    const [found] = advice(times, { platforms: [arm, amd, 'linux/s390x'] });
    expect(found?.message).toMatch(
      /took 1 min 30 s under emulation for linux\/arm64, linux\/s390x, and 10 s natively/,
    );
  });
});

const few: AskedBuild = { rules: ['slow-emulation'] };

test.each<readonly [string, readonly RunTime[], AskedBuild]>([
  ['where nothing ran', [], few],
  ['where it cost little', [at(6, arm, 4.9), at(8, arm, 3)], few],
  ['where it took as long natively', [at(6, arm, 60), at(6, amd, 40)], few],
  ['in a stage of the builder', [at(2, arm, 60)], few],
  ['on the native platform', [at(6, amd, 600)], few],
  ['where nodes run both', [at(6, arm, 600)], { ...few, nativePlatforms: [arm, amd] }],
  ['where the builder is not known', [at(6, arm, 600)], { ...few, nativePlatforms: [] }],
  ['where the rule is left out', [at(6, arm, 600)], { rules: ['go-build-a'] }],
])('nothing is said of emulation %s', (_, times, asked) => {
  expect(advice(times, asked)).toEqual([]);
});
