import { expect, test } from 'vitest';
import { baseStages } from './base-stages.ts';
import type { BuildJob } from './build-job.ts';

function stages(untrustedDockerfile: string, platforms: readonly string[]): readonly string[] {
  const job = { platforms, buildArgs: [], namedContexts: [['ours', '/lib']] } as unknown as BuildJob;
  return baseStages(job, untrustedDockerfile);
}

test('the images of a build are those of the platforms that need them, each once', () => {
  const dockerfile = `FROM --platform=$BUILDPLATFORM golang AS build
FROM --platform=\${BUILDPLATFORM} golang AS tools
FROM alpine
COPY --from=build / /
COPY --from=tools / /
COPY --from=busybox / /
COPY --from=ours / /`;
  expect(stages(dockerfile, ['linux/amd64', 'linux/arm64'])).toEqual([
    'FROM --platform=linux/amd64 alpine',
    'FROM --platform=linux/amd64 busybox',
    'FROM golang',
    'FROM --platform=linux/arm64 alpine',
    'FROM --platform=linux/arm64 busybox',
  ]);
});

test('what could mean more than the name of an image is none of them', () => {
  const hostile = 'FROM "a\tb"\nCOPY --from=x;y / /\nFROM --platform=linux/$NONE`x` alpine';
  expect(stages(hostile, ['linux/amd64'])).toEqual([]);
});
