// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are the variables of Dockerfiles
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { targetRuns } from './target-runs.ts';

const runs = (
  untrustedText: string,
  { target, contexts = [] }: { target?: string; contexts?: string[] } = {},
) =>
  targetRuns({ untrustedText, target, platform: 'linux/arm64', buildArgs: [], contexts }).map(
    ({ stage, instruction }) => `${stage}:${instruction.line}`,
  );

describe('commands run on the platform that is built for', () => {
  test.each<[string, string, readonly string[]]>([
    ['in a plain stage', 'FROM a\nRUN x\nRUN y', ['0:2', '0:3']],
    ['not where nothing runs', 'FROM a\nCOPY x /', []],
    [
      'not on the platform of the builder',
      'FROM --platform=$BUILDPLATFORM a AS b\nRUN x\nFROM scratch\nCOPY --from=b / /',
      [],
    ],
    ['not on it in braces', 'FROM --platform=${BUILDPLATFORM} a\nRUN x', []],
    ['on the target platform by name', 'FROM --platform=$TARGETPLATFORM a\nRUN x', ['0:2']],
    ['on it spelled out', 'FROM --platform=linux/arm64 a\nRUN x', ['0:2']],
    ['not on another one spelled out', 'FROM --platform=linux/amd64 a\nRUN x', []],
    [
      'in what a cross-compiling build ends with',
      'FROM --platform=$BUILDPLATFORM a AS b\nRUN x\nFROM c\nCOPY --from=b / /\nRUN y',
      ['1:5'],
    ],
    ['not in a stage that nobody needs', 'FROM a AS unused\nRUN x\nFROM scratch\nCOPY y /', []],
    ['not in a stage on one of the builder', 'FROM --platform=$BUILDPLATFORM a AS b\nFROM b\nRUN x', []],
    ['in a stage on a plain one', 'FROM a AS b\nFROM b AS c\nRUN x', ['c:3']],
    [
      'in a stage that a mount needs',
      'FROM a AS tools\nRUN t\nFROM --platform=$BUILDPLATFORM b\nRUN --mount=from=tools,target=/t x',
      ['tools:2'],
    ],
    ['where a variable of the platform has a value', 'ARG P\nFROM --platform=${P:-x} a\nRUN x', []],
    ['where the platform depends on the engine', 'FROM --platform=$BUILDOS/arm64 a\nRUN x', ['0:2']],
  ])('%s', (_, text, expected) => {
    expect(runs(text)).toEqual(expected);
  });

  test('of the target alone', () => {
    expect(runs('FROM a AS one\nRUN x\nFROM b AS two\nRUN y', { target: 'one' })).toEqual(['one:2']);
  });

  test('and not of a stage that a build context stands for', () => {
    expect(runs('FROM a AS one\nRUN x\nFROM one\nRUN y', { contexts: ['one'] })).toEqual(['1:4']);
  });

  test('whatever the text is', () => {
    fc.assert(fc.property(fc.string(), (text) => void runs(text)));
  });
});
