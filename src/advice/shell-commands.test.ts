// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are variables of a shell
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { shellCommands } from './shell-commands.ts';

/** Each command as its words, with `·` between them, after the variables that are set. */
const read = (script: string) =>
  shellCommands(script).map(({ words, variables }) =>
    [...[...variables].map((pair) => pair.join('=')), words.join('·')].join(' '),
  );

describe('the commands of a script', () => {
  test.each<readonly [string, readonly string[]]>([
    ['go build', ['go·build']],
    ['  a   b\tc ', ['a·b·c']],
    ['a && b || c; d | e & f', ['a', 'b', 'c', 'd', 'e', 'f']],
    ['a\nb', ['a', 'b']],
    ['a \\\n b', ['a·b']],
    ['(a; b)', ['a', 'b']],
    ['if a; then b; else c; fi', ['a', 'b', 'c', 'fi']],
    ['for x in 1 2; do a $x; done', ['for·x·in·1·2', 'a·$x', 'done']],
    ['case $x in 1) a ;; esac', ['case·$x·in·1', 'a', 'esac']],
    ['{ a; }', ['a']],
    ['a \'b c\' "d e"', ['a·b c·d e']],
    ['a "b \\" && c"', ['a·b " && c']],
    ['a b\\ c', ['a·b c']],
    ['a x"y"\'z\'', ['a·xyz']],
    ["a ''", ['a·']],
    ['a $(b && c) d', ['a·$(b && c)·d']],
    ['a `b && c`', ['a·`b && c`']],
    ['a ${B:-c d} e', ['a·${B:-c d}·e']],
    ['CC=1 CXX="x y" A=1 go build', ['CC=1 CXX=x y go·build']],
    ['env CC=1 go build', ['CC=1 go·build']],
    ['time CC=1 exec go build', ['CC=1 go·build']],
    ['export CC=1 B && a; b', ['CC=1 a', 'CC=1 b']],
    ['A=1', []],
    ['a > out 2>&1', ['a']],
    ['a >> out b', ['a·b']],
    ['a 2>/dev/null | b', ['a', 'b']],
    ['a < in', ['a']],
    ['a &> out && b', ['a', 'b']],
    ['/usr/local/go/bin/go build', ['go·build']],
    ['a # b && c\nd', ['a', 'd']],
    ['a b#c', ['a·b#c']],
    ["a 'b", ['a·b']],
    ['a "b', ['a·b']],
    ['a $(b', ['a·$(b']],
    ['', []],
  ])('%j', (script, commands) => {
    expect(read(script)).toEqual(commands);
  });

  test('are read from any text', () => {
    const piece = fc.oneof(
      fc.constantFrom(
        'a',
        ' ',
        "'",
        '"',
        '`',
        '$(',
        ')',
        '${',
        '}',
        '\\',
        '\n',
        '&&',
        '|',
        '>',
        '<',
        '#',
        'A=',
      ),
      fc.string({ unit: 'binary', maxLength: 3 }),
    );
    fc.assert(
      fc.property(fc.array(piece), (pieces) => {
        for (const { words } of shellCommands(pieces.join(''))) expect(words.length).toBeGreaterThan(0);
      }),
    );
  });
});
