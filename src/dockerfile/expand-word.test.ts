// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are the variables of Dockerfiles
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { expandWord } from './expand-word.ts';

const known: Readonly<Record<string, string | undefined>> = { A: 'a', B: 'b c', EMPTY: '', LATER: undefined };
const expand = (word: string) => expandWord(word, (name) => (name in known ? known[name] : ''));

describe('a word of a Dockerfile', () => {
  test.each([
    ['', ''],
    ['r.io/x:1', 'r.io/x:1'],
    ['$A', 'a'],
    ['${A}', 'a'],
    ['r.io/$A:$A', 'r.io/a:a'],
    ['r.io/${A}x', 'r.io/ax'],
    ['$AX', ''],
    ['$B', 'b c'],
    ['$NONE', ''],
    ['${NONE}', ''],
    ['${NONE:-x}', 'x'],
    ['${EMPTY:-x}', 'x'],
    ['${A:-x}', 'a'],
    ['${A-x}', 'a'],
    ['${A:+x}', 'x'],
    ['${A+x}', 'x'],
    ['${NONE:+x}', ''],
    ['${NONE:-r.io/${A}}', 'r.io/a'],
    ['${NONE:-${EMPTY:-$A}}', 'a'],
    ['${NONE:-}', ''],
    ['"r.io/$A"', 'r.io/a'],
    ["'r.io/$A'", 'r.io/$A'],
    ['"it\'s"', "it's"],
    [`r.io/"x"'y'`, 'r.io/xy'],
    ['${NONE:-"x y"}', 'x y'],
    ['a}b', 'a}b'],
  ])('%s becomes %s', (word, value) => {
    expect(expand(word)).toBe(value);
  });

  test.each([
    '$LATER',
    'x${LATER}y',
    '${LATER:-x}',
    '${NONE:-$LATER}',
    '${EMPTY-x}',
    '${EMPTY+x}',
    '$',
    '${',
    '${}',
    '${A',
    '${A:',
    '${A:-x',
    '${A:?x}',
    '${A#x}',
    '${A/x/y}',
    '$1',
    '\\$A',
    '`x`',
    '"x',
    "'x",
    '"${A"}',
  ])('%s is left to BuildKit', (word) => {
    expect(expand(word)).toBeUndefined();
  });

  test('is read whatever it holds', () => {
    const piece = fc.constantFrom(
      '$',
      '{',
      '}',
      'A',
      ':',
      '-',
      '+',
      '"',
      "'",
      '\\',
      'NONE',
      '${A}',
      '${NONE:-',
      'x',
    );
    fc.assert(
      fc.property(fc.array(piece), (pieces) => {
        expect(['string', 'undefined']).toContain(typeof expand(pieces.join('')));
      }),
      { numRuns: 2000 },
    );
  });
});
