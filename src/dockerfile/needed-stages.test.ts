// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are the variables of Dockerfiles
import { describe, expect, test } from 'vitest';
import { type DockerfileQuestion, neededStages } from './needed-stages.ts';

function stages(untrustedText: string, question: Partial<DockerfileQuestion> = {}) {
  const asked = { platform: 'linux/arm64', buildPlatform: 'linux/amd64', buildArgs: [], contexts: [] };
  return neededStages({ untrustedText, ...asked, ...question });
}

describe('where the steps of a stage run', () => {
  test.each([
    ['FROM a', 'linux/arm64'],
    ['FROM --platform=$BUILDPLATFORM a', 'linux/amd64'],
    ['FROM --platform=${BUILDPLATFORM} a', 'linux/amd64'],
    ['FROM --platform=${BUILDPLATFORM:-linux/s390x} a', 'linux/amd64'],
    ['FROM --platform=$BUILDOS/$BUILDARCH a', 'linux/amd64'],
    ['FROM --platform=$TARGETPLATFORM a', 'linux/arm64'],
    ['FROM --platform=linux/s390x a', 'linux/s390x'],
    ['ARG WHERE=linux/riscv64\nFROM --platform=$WHERE a', 'linux/riscv64'],
    ['FROM --platform=$NONE a', undefined],
    ['FROM --platform=$BUILDPLATFORM a AS one\nFROM one', 'linux/amd64'],
    ['FROM a AS one\nFROM --platform=$BUILDPLATFORM one', 'linux/arm64'],
  ])('%j', (text, platform) => {
    expect(stages(text)[0]?.runsOn).toBe(platform);
  });

  test('is not known where it depends on a builder that is not', () => {
    expect(stages('FROM --platform=$BUILDPLATFORM a', { buildPlatform: undefined })[0]?.runsOn).toBe(
      undefined,
    );
  });
});

test('a stage names what it takes files from, its base first', () => {
  const text = 'FROM scratch AS one\nFROM a\nCOPY --from=0 x /\nCOPY --from=ctx x /\nRUN --mount=from=b y';
  expect(stages(text, { contexts: ['ctx'] })).toMatchObject([
    {
      index: 1,
      sources: [
        { kind: 'image', untrustedName: 'a', line: 2 },
        { kind: 'stage', index: 0, line: 3 },
        { kind: 'context', untrustedName: 'ctx', line: 4 },
        { kind: 'image', untrustedName: 'b', line: 5 },
      ],
    },
    { index: 0, sources: [{ kind: 'scratch', line: 1 }] },
  ]);
});
