// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are the variables of Dockerfiles
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { dockerfileBases } from './dockerfile-bases.ts';
import type { DockerfileQuestion } from './needed-stages.ts';

/** `line name` of each base. */
function bases(untrustedText: string, question: Partial<DockerfileQuestion> = {}): readonly string[] {
  const asked = { platform: 'linux/arm64', buildArgs: [], contexts: [], ...question };
  return dockerfileBases({ untrustedText, ...asked }).map(
    ({ line, untrustedName }) => `${line} ${untrustedName}`,
  );
}

describe('what a Dockerfile certainly uses', () => {
  test.each<readonly [string, string, readonly string[]]>([
    ['one image', 'FROM a', ['1 a']],
    [
      'an image with all its parts',
      `FROM --platform=$BUILDPLATFORM r.io:5000/a/b:1@sha256:${'a'.repeat(64)} AS x`,
      [`1 r.io:5000/a/b:1@sha256:${'a'.repeat(64)}`],
    ],
    ['nothing', 'FROM scratch\nCOPY x /', []],
    ['a stage before it', 'FROM a AS one\nFROM one', ['1 a']],
    ['a stage in other letters', 'FROM a AS One\nFROM oNE', ['1 a']],
    ['no stage that is not needed', 'FROM a AS one\nFROM b AS two\nFROM two', ['2 b']],
    ['a stage that is copied from', 'FROM a AS one\nFROM b\nCOPY --from=one x /', ['2 b', '1 a']],
    ['a stage by its number', 'FROM a\nFROM b\nCOPY --chown=1 --from=0 x /', ['2 b', '1 a']],
    ['an image that is copied from', 'FROM scratch\nCOPY --from=r.io/x:1 --chmod=1 x /', ['2 r.io/x:1']],
    ['an image of a number that no stage has', 'FROM scratch\nCOPY --from=7 x /', ['2 7']],
    ['an image named like a later stage', 'FROM a\nCOPY --from=two x /\nFROM b AS two\nFROM a\n', ['4 a']],
    ['an image before a stage of its name', 'FROM two AS one\nFROM b AS two\nFROM one', ['1 two']],
    [
      'an image that is mounted',
      'FROM scratch\nRUN --mount=type=bind,target=/x,from=r.io/x --network=none true',
      ['2 r.io/x'],
    ],
    ['a stage that is mounted', 'FROM a AS one\nFROM b\nRUN --mount=from=one true', ['2 b', '1 a']],
    [
      'all mounts of a step',
      'FROM scratch\nRUN --mount=from=x --mount=type=cache,target=/c --mount=FROM=y true',
      ['2 x', '2 y'],
    ],
    ['none that is a word of a command', 'FROM a\nRUN echo --mount=from=b\nCOPY x --from=c /', ['1 a']],
    [
      'an instruction over several lines',
      'FROM \\\n  r.io/a \\\n  AS x\nRUN --mount=type=bind,\\\nfrom=b true',
      ['1 r.io/a', '4 b'],
    ],
    ['lower case', 'from a\ncopy --from=b x /', ['1 a', '2 b']],
    ['an argument with a default', 'ARG BASE=r.io/a\nFROM $BASE', ['2 r.io/a']],
    [
      'an argument made of others',
      'ARG HOST="r.io" TAG=2\nARG BASE=${HOST}/a:${TAG}\nFROM ${BASE}',
      ['3 r.io/a:2'],
    ],
    ['an argument without value, for which there is another', 'ARG BASE\nFROM ${BASE:-r.io/a}', ['2 r.io/a']],
    [
      'an argument of the platform',
      'ARG TARGETARCH\nFROM r.io/$TARGETARCH-$TARGETOS',
      ['2 r.io/arm64-linux'],
    ],
    [
      'an argument of the platform that nobody declares',
      'FROM r.io/a:$TARGETARCH$TARGETVARIANT',
      ['1 r.io/a:arm64'],
    ],
    ['a stage by argument', 'ARG KIND=one\nFROM a AS one\nFROM b AS two\nFROM $KIND', ['2 a']],
    ['nothing that depends on the engine', 'FROM r.io/$BUILDARCH\nCOPY --from=b x /', ['2 b']],
    ['nothing that has no name', 'ARG BASE\nFROM $BASE', []],
    ['nothing that is not understood', 'FROM ${A/x/y}\nRUN --mount=from=$X true\nCOPY --from="x" y /', []],
    ['no argument of a stage', 'FROM a AS one\nARG BASE=b\nFROM $BASE', []],
    ['nothing that ONBUILD keeps for others', 'FROM a\nONBUILD COPY --from=b x /', ['1 a']],
    ['nothing of an empty file', '', []],
    ['nothing of a file without stages', 'ARG X=1\nRUN x', []],
  ])('%s', (_, text, expected) => {
    expect(bases(text)).toEqual(expected);
  });

  const stages = 'FROM a AS one\nFROM b AS two\nFROM c AS three\nCOPY --from=one x /';

  test.each<readonly [string | undefined, readonly string[]]>([
    [undefined, ['3 c', '1 a']],
    ['two', ['2 b']],
    ['TWO', ['2 b']],
    ['0', ['1 a']],
    ['none', []],
  ])('target %s decides what is needed', (target, expected) => {
    expect(bases(stages, { target })).toEqual(expected);
  });

  test('build arguments win over defaults, and only where they are declared', () => {
    const text = 'ARG BASE=a\nFROM $BASE AS one\nFROM $OTHER\nFROM one';
    expect(
      bases(text, {
        buildArgs: [
          ['BASE', 'r.io/b'],
          ['OTHER', 'c'],
        ],
      }),
    ).toEqual(['2 r.io/b']);
    expect(bases('FROM x$OTHER', { buildArgs: [['OTHER', 'c']] })).toEqual(['1 x']);
    expect(bases('FROM x$TARGETARCH', { buildArgs: [['TARGETARCH', 'c']] })).toEqual([]);
  });

  test('a build context stands for itself, under the name of an image or of a stage', () => {
    expect(bases('FROM a\nCOPY --from=b x /', { contexts: ['b'] })).toEqual(['1 a']);
    expect(bases(stages, { contexts: ['one', 'c'] })).toEqual([]);
  });

  test('is said of any text', () => {
    const piece = fc.oneof(
      fc.constantFrom(
        'FROM ',
        'COPY --from=',
        'RUN --mount=',
        'from=',
        ',',
        '\n',
        'ARG ',
        '=',
        '$A',
        'a',
        ' AS a',
        '0',
        '--',
      ),
      fc.string({ unit: 'binary', maxLength: 3 }),
    );
    fc.assert(
      fc.property(fc.array(piece), (pieces) => {
        const text = pieces.join('');
        const lines = text.split('\n').length;
        for (const { line } of dockerfileBases({
          untrustedText: text,
          platform: 'x/y',
          buildArgs: [],
          contexts: [],
        }))
          expect(line >= 1 && line <= lines).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });
});
