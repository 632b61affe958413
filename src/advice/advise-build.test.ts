// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are the variables of Dockerfiles
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { adviceRules } from '../config/index.ts';
import { adviseBuild } from './advise-build.ts';
import {
  type AskedBuild,
  bareContext,
  bothPlatforms,
  brief,
  goCache,
  plannedBuild,
} from './build-for-test.ts';

test('rules that are left out say nothing', () => {
  const dockerfile = 'FROM golang\nCOPY . .\nRUN go build -a .';
  const rules = adviceRules.filter((rule) => rule !== 'go-build-a');
  expect(brief(dockerfile, { rules })).toEqual(['3 compiler-without-cache-mount']);
  expect(brief(dockerfile, { rules: [] })).toEqual([]);
});

describe('what is said', () => {
  const said = (dockerfile: string, asked: AskedBuild) =>
    adviseBuild(plannedBuild(dockerfile, asked)).map(({ message }) => message);

  test.each<readonly [string, string, string, AskedBuild]>([
    [
      'names the lines that are alike',
      `FROM golang\nCOPY . .\nRUN ${goCache} go build -a x\nRUN ${goCache} go build -a y\nRUN ${goCache} go install -a z`,
      '"-a" makes Go compile everything again, whatever its cache has: leave it out (the same in lines 4, 5)',
      {},
    ],
    [
      'names the mount',
      'FROM golang\nCOPY go.mod .\nRUN go mod download\nCOPY . .\nRUN go build .',
      '"go build" starts from nothing after every change: add --mount=type=cache,target=/root/.cache/go-build',
      {},
    ],
    [
      'names the place that the Dockerfile chose',
      'FROM golang\nENV GOCACHE=/c GOFLAGS=-mod=vendor\nCOPY . .\nRUN go build .',
      '"go build" starts from nothing after every change: add --mount=type=cache,target=/c, and one for the modules on /go/pkg/mod',
      {},
    ],
    [
      'does not guess the home of a user',
      'FROM maven\nUSER app\nCOPY . .\nRUN mvn package',
      '"mvn package" starts from nothing after every change: add a cache mount on .m2 in the home of its user, with the uid of that user',
      {},
    ],
    [
      'names what has to be there first',
      'FROM node\nCOPY . .\nRUN npm ci',
      '"npm ci" in line 3 fetches everything again after a change of any file: copy "package.json" and "package-lock.json" first, and the rest after it',
      {},
    ],
    [
      'names the platforms',
      `FROM golang AS b\nCOPY . .\nRUN ${goCache} go build .\nFROM scratch\nCOPY --from=b /x /`,
      '"go build" runs under emulation for linux/arm64, linux/s390x: begin its stage with FROM --platform=$BUILDPLATFORM and compile with GOOS=$TARGETOS GOARCH=$TARGETARCH',
      { platforms: ['linux/arm64', 'linux/amd64', 'linux/s390x'] },
    ],
    [
      'moves work out of the image itself',
      'FROM maven\nCOPY . .\nRUN --mount=type=cache,target=/root/.m2 mvn package',
      '"mvn package" runs under emulation for linux/arm64: move it to a stage of its own FROM --platform=$BUILDPLATFORM, since what it makes runs everywhere, and copy the result',
      bothPlatforms,
    ],
  ])('%s', (_, dockerfile, message, asked) => {
    expect(said(dockerfile, asked)).toEqual([message]);
  });
});

test('any text can be a Dockerfile', () => {
  const piece = fc.oneof(
    fc.constantFrom(
      'FROM golang',
      ' AS a',
      'FROM a',
      'COPY . .',
      'COPY --from=a x y',
      'RUN ',
      'go build -a',
      'npm ci',
    ),
    fc.constantFrom(
      '--mount=type=cache,target=',
      '--mount=target=. ',
      '<<E\n',
      'E\n',
      '\n',
      '\\\n',
      '"',
      "'",
      '$(',
      '`',
    ),
    fc.constantFrom('ENV CC=', 'USER x', 'ARG A', ' && ', '[', ']', ',', '${', '--platform=$BUILDPLATFORM '),
    fc.string({ unit: 'binary', maxLength: 3 }),
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 60 }), (pieces) => {
      const text = pieces.join('');
      const lines = text.split('\n').length;
      const advice = adviseBuild(plannedBuild(text, { ...bothPlatforms, context: bareContext }));
      return advice.every(({ line, message }) => line >= 1 && line <= lines && !/[\r\n]/.test(message));
    }),
    { numRuns: 300 },
  );
});

test.each([
  ['stages on one another', 'FROM a AS a\n'.repeat(10_000)],
  ['copies from one stage', `FROM a AS a\nFROM b\n${'COPY --from=a x /\n'.repeat(10_000)}`],
  ['commands', `FROM a\nRUN ${'export CC=1; go build; '.repeat(10_000)}`],
  ['mounts', `FROM a\nRUN ${'--mount=type=cache,target=/x '.repeat(10_000)} go build`],
  ['quotes and brackets', `FROM a\nRUN ${'$( " '.repeat(30_000)}`],
  ['a name without end', `FROM a\nCOPY ${'requirements'.repeat(30_000)} /\n`],
  ['git and blanks', `FROM a\nCOPY . .\nRUN ${'git -a '.repeat(30_000)}`],
])('much of the same does not keep us for long: %s', (_, text) => {
  expect(adviseBuild(plannedBuild(text, { ...bothPlatforms, context: bareContext })).length).toBeLessThan(10);
});
