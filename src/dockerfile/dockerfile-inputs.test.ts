import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { dockerfileInputs, type InputsQuestion } from './dockerfile-inputs.ts';

function ask(untrustedText: string, changes: Partial<InputsQuestion> = {}) {
  const platforms = ['linux/arm64', 'linux/amd64'];
  const perCommitArgs = ['BUILD_COMMIT_SHA', 'TAG_default_tag'];
  return dockerfileInputs({
    untrustedText,
    platforms,
    perCommitArgs,
    buildArgs: [],
    contexts: [],
    ...changes,
  });
}

const names = (...asked: Parameters<typeof ask>) => {
  const found = ask(...asked);
  return found.kind === 'known' ? [...new Set(found.bases.map(({ untrustedName }) => untrustedName))] : found;
};

describe('what a Dockerfile takes in', () => {
  test('is its bases, for every platform, with its frontend', () => {
    const text =
      '# syntax=docker/dockerfile:1\nFROM a-$TARGETARCH AS x\nCOPY --from=b /b /b\nADD local.tar /\nRUN true';
    expect(names(text)).toEqual(['docker/dockerfile:1', 'a-arm64', 'b', 'a-amd64']);
  });

  test('is not that of stages that are not built', () => {
    expect(names('FROM a\nFROM b AS wanted\nFROM c', { target: 'wanted' })).toEqual(['b']);
  });

  test('is the frontend of a mirror, and one that a build argument names', () => {
    expect(names('# syntax=m.io/docker/dockerfile:1.4\nFROM scratch')).toEqual([
      'm.io/docker/dockerfile:1.4',
    ]);
    expect(names('FROM scratch', { buildArgs: [['BUILDKIT_SYNTAX', 'docker/dockerfile:1']] })).toEqual([
      'docker/dockerfile:1',
    ]);
  });

  test.each<[string, string, number, RegExp]>([
    [
      'declares the commit',
      'FROM a\nRUN true\nARG BUILD_COMMIT_SHA\nRUN x',
      3,
      /"BUILD_COMMIT_SHA".*every commit/,
    ],
    ['declares it among others', 'FROM a\nARG A BUILD_COMMIT_SHA=none B', 2, /BUILD_COMMIT_SHA/],
    ['declares it before the first stage', 'arg BUILD_COMMIT_SHA\nFROM a', 1, /BUILD_COMMIT_SHA/],
    ['declares it for a stage on this one', 'FROM a AS b\nONBUILD ARG BUILD_COMMIT_SHA\nFROM b', 2, /COMMIT/],
    ['declares it over two lines', 'FROM a\nARG A \\\n  BUILD_COMMIT_SHA', 2, /BUILD_COMMIT_SHA/],
    ['declares a tag', 'FROM a\nARG TAG_default_tag', 2, /TAG_default_tag/],
    ['fetches an address', 'FROM a\nADD https://example.com/x /', 2, /lies elsewhere/],
    ['fetches a repository', 'FROM a\nADD --keep-git-dir git@github.com:team/app.git /', 2, /lies elsewhere/],
    ['adds what a variable names', 'FROM a\nARG URL\nADD $URL /', 3, /lies elsewhere/],
    ['has a step that is volatile', 'FROM a\n# image-builder: volatile\nRUN apt-get upgrade', 2, /volatile/],
    ['has another frontend', '# syntax=example.com/frontend\nFROM a', 1, /another frontend/],
    [
      'has a frontend that only looks right',
      '# syntax=evil-docker/dockerfile\nFROM a',
      1,
      /another frontend/,
    ],
    ['has a frontend in the words of another language', '// syntax=x\nFROM a', 1, /another frontend/],
    ['is JSON', '{"syntax":"x"}', 1, /another frontend/],
    ['has a base that depends on the engine', 'FROM a-$BUILDARCH', 1, /names an image/],
    ['copies from what a variable names', 'FROM a\nCOPY --from=$X y /', 2, /names an image/],
    ['has no stage', '', 1, /names an image/],
  ])('is not known where it %s', (_, text, line, reason) => {
    expect(ask(text)).toEqual({ kind: 'obstacle', line, reason: expect.stringMatching(reason) });
  });

  test('is not known with the frontend of somebody else as a build argument', () => {
    expect(ask('FROM a', { buildArgs: [['BUILDKIT_SYNTAX', 'x/y']] })).toMatchObject({ kind: 'obstacle' });
  });

  test('is known or not for any text', () => {
    const piece = fc.constantFrom(
      'FROM a',
      'ARG ',
      'ADD ',
      'COPY --from=',
      '#',
      'syntax=',
      '$',
      '\\',
      '\n',
      ' ',
      'x',
      '<<EOF',
    );
    const text = fc.array(piece, { maxLength: 30 }).map((pieces) => pieces.join(''));
    fc.assert(fc.property(text, (any) => ['known', 'obstacle'].includes(ask(any).kind)));
  });
});
