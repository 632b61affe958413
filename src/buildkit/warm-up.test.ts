// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are the variables of Dockerfiles
import { expect, test } from 'vitest';
import type { BuildJob } from './build-job.ts';
import { warmUpDockerfile } from './warm-up.ts';

function warmUp(untrustedDockerfile: string, platforms: readonly string[]): readonly string[] {
  const job = { platforms, buildArgs: [], namedContexts: [['ours', '/lib']] } as unknown as BuildJob;
  return warmUpDockerfile({ job, untrustedDockerfile, helperImage: 'helper' }).trimEnd().split('\n');
}

test('gets the images of a build for the platforms that need them, each once, and the context', () => {
  const dockerfile = `FROM --platform=$BUILDPLATFORM golang AS build
FROM --platform=\${BUILDPLATFORM} golang AS tools
FROM alpine
COPY --from=build / /
COPY --from=tools / /
COPY --from=busybox / /
COPY --from=ours / /`;
  expect(warmUp(dockerfile, ['linux/amd64', 'linux/arm64'])).toEqual([
    'FROM --platform=linux/amd64 alpine AS base-0',
    'FROM --platform=linux/amd64 busybox AS base-1',
    'FROM golang AS base-2',
    'FROM --platform=linux/arm64 alpine AS base-3',
    'FROM --platform=linux/arm64 busybox AS base-4',
    'FROM helper',
    `RUN ${[0, 1, 2, 3, 4].map((at) => `--mount=type=bind,from=base-${at},target=/bases/${at}`).join(' ')} --mount=type=bind,target=/context ["true"]`,
  ]);
});

test('leaves out what could mean more than the name of an image', () => {
  const hostile = 'FROM "a\tb"\nCOPY --from=x;y / /\nFROM --platform=linux/$NONE`x` alpine';
  expect(warmUp(hostile, ['linux/amd64'])).toEqual([
    'FROM helper',
    'RUN --mount=type=bind,target=/context ["true"]',
  ]);
});
