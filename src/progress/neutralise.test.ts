import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { neutralise, neutraliseLine } from './neutralise.ts';

describe('neutralise', () => {
  test.each([
    ['plain text stays', 'go: downloading x v1.2', 'go: downloading x v1.2'],
    ['letters of any language stay', 'größe 大小 размер', 'größe 大小 размер'],
    ['a colour sequence goes', '\x1b[31mred\x1b[0m', 'red'],
    ['a cursor movement goes', 'a\x1b[2Ab\x1b[Kc', 'abc'],
    ['a C1 control sequence goes', 'a\x9b31mb', 'ab'],
    ['a window title goes', '\x1b]0;owned\x07text', 'text'],
    ['a window title ended by ST goes', '\x1b]0;owned\x1b\\text', 'text'],
    ['a hyperlink goes, its text stays', '\x1b]8;;http://x\x1b\\text\x1b]8;;\x1b\\', 'text'],
    ['a device control string goes', '\x1bPq#0\x1b\\text', 'text'],
    ['an unfinished title does not reach over the line', '\x1b]0;owned\nnext', '\nnext'],
    ['an unfinished sequence goes', 'text\x1b[', 'text'],
    ['a charset switch goes', '\x1b(0text', 'text'],
    ['a backspace goes', 'a\bb', 'ab'],
    ['a bell and a NUL go', 'a\x07\0b', 'ab'],
    ['tabs become spaces', 'a\tb', 'a    b'],
    ['an overwritten line shows its last state', '10 %\r50 %\r100 %', '100 %'],
    ['a CRLF line keeps its text', 'a\r\nb\r\n', 'a\nb\n'],
    ['right-to-left override goes', 'user\u202egnp.exe', 'usergnp.exe'],
    ['isolates and zero-width characters go', 'a\u2066b\u200bc\ufeffd\u2069', 'abcd'],
    ['tag characters go', 'a\u{e0041}b', 'ab'],
    ['half a surrogate pair becomes a replacement character', 'a\ud800b', 'a\ufffdb'],
    ['a GitHub command is broken up', '::set-output name=a::b', ': :set-output name=a::b'],
    ['a command after white space is broken up', ' \t ::error::x', '      : :error::x'],
    ['a command after a no-break space is broken up', '\u00a0::error::x', '\u00a0: :error::x'],
    ['a command on a later line is broken up', 'a\n::error::x', 'a\n: :error::x'],
    ['a command behind an escape sequence is broken up', '\x1b[0m::error::x', ': :error::x'],
    ['a command spelled with an escape inside is broken up', ':\x1b[m:error::x', ': :error::x'],
    ['a command behind a zero-width space is broken up', '\u200b::error::x', ': :error::x'],
    ['a command behind a carriage return is broken up', 'x\r::error::x', ': :error::x'],
    ['a third colon does not help', ':::error::x', ': ::error::x'],
    ['two colons inside a line stay', 'std::vector', 'std::vector'],
    ['an old GitHub command is broken up', '##[error]x', '## [error]x'],
    ['an old command inside a line is broken up', 'a ##[group]x', 'a ## [group]x'],
    ['more number signs do not help', '###[error]x', '### [error]x'],
    ['an Azure command is broken up', '##vso[task.setvariable]x', '## vso[task.setvariable]x'],
    ['its letters may be large', 'a ##VSO[task.complete]x', 'a ## VSO[task.complete]x'],
    ['an escape inside an Azure command does not help', '##v\x1b[0mso[x]', '## vso[x]'],
    ['a NUL inside an old command does not help', '##\0[error]x', '## [error]x'],
  ])('%s', (_title, untrusted, expected) => {
    expect(neutralise(untrusted)).toBe(expected);
  });

  const nasty = fc.array(
    fc.oneof(
      fc.constantFrom(
        '\x1b',
        '[',
        ']',
        '\x9b',
        '\x07',
        '\r',
        '\n',
        '\t',
        ':',
        '::',
        '#',
        '##',
        'vso[',
        'm',
        ' ',
      ),
      fc.constantFrom(
        '\u200b',
        '\u202e',
        '\u2028',
        '\u0085',
        '\v',
        '\f',
        '\u00a0',
        '\u3000',
        '\ud800',
        '\0',
        ';',
        '\\',
      ),
      fc.string({ unit: 'binary', maxLength: 4 }),
    ),
    { maxLength: 40 },
  );

  test('speaks no command and no control character, whatever it reads', () => {
    fc.assert(
      fc.property(nasty, (pieces) => {
        for (const line of neutralise(pieces.join('')).split('\n')) {
          expect(line.trimStart().startsWith('::')).toBe(false);
          expect(line).not.toMatch(/##\[|##vso\[/i);
          expect(line).not.toMatch(
            /[\p{Cc}\p{Cs}\u2028\u2029\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]/u,
          );
        }
      }),
      { numRuns: 3000 },
    );
  });

  test('leaves its own output as it is', () => {
    fc.assert(
      fc.property(nasty, (pieces) => {
        const once = neutralise(pieces.join(''));
        expect(neutralise(once)).toBe(once);
      }),
      { numRuns: 3000 },
    );
  });
});

test('neutraliseLine folds line breaks into single spaces', () => {
  expect(neutraliseLine('  a \r\n  b\n\nc\n')).toBe('a b c');
  expect(neutraliseLine('x\n::error::y')).toBe('x ::error::y');
  expect(neutraliseLine('\n::error::y')).toBe(': :error::y');
});

test('neutraliseLine reads a million blanks in no time', () => {
  const text = `a${' '.repeat(1_000_000)}b`;
  expect(neutraliseLine(text)).toBe(text);
});
