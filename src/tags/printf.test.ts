import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { printf } from './printf.ts';
import type { Value } from './template.ts';

const blame = (problem: string) => new Error(problem);

describe('printf', () => {
  test.each<[string, Value[], string]>([
    ['plain', [], 'plain'],
    ['100%%', [], '100%'],
    ['%s-%s', ['a', 'b'], 'a-b'],
    ['%5s|%-5s|', ['ab', 'ab'], '   ab|ab   |'],
    ['%2s', ['abc'], 'abc'],
    ['%3s', ['é'], '  é'],
    ['%.7s', ['1234567890'], '1234567'],
    ['%.s', ['abc'], ''],
    ['%5.1s', ['abc'], '    a'],
    ['%.1s', ['😀b'], '😀'],
    ['%d', [42], '42'],
    ['%05d|%-5d|%5d', [42, 42, 42], '00042|42   |   42'],
    ['%05d', [-3], '-0003'],
    ['%-05d|', [3], '3    |'],
    ['%v %v %v', ['a', 7, true], 'a 7 true'],
    ['%6v|%-6v|%.1v', [true, false, 'ab'], '  true|false |a'],
    ['%03v', [7], '007'],
    ['%x', ['hé'], '68c3a9'],
    ['%x|%04x|%x', [255, 255, -255], 'ff|00ff|-ff'],
    ['%q', ['a"b\\c\n\u0001é\u200b😀\u007f'], '"a\\"b\\\\c\\n\\x01é\\u200b😀\\x7f"'],
    ['%10q', ['a'], '       "a"'],
    ['%128d', [1], '1'.padStart(128)],
  ])('%j of %j is %j', (format, values, expected) => {
    expect(printf(format, values, blame)).toBe(expected);
  });

  test.each<[string, Value[], string]>([
    ['%s', [], 'gives printf no value for "%s"'],
    ['%s', ['a', 'b'], 'gives printf 2 values for 1 verbs'],
    ['x', ['a'], 'gives printf 1 values for 0 verbs'],
    ['%', [], 'uses printf verb "%"'],
    ['%z', ['a'], 'uses printf verb "%z"'],
    ['%t', [true], 'uses printf verb "%t"'],
    ['%+d', [1], 'uses printf verb "%+"'],
    ['%*d', [1], 'uses printf verb "%*"'],
    ['%[1]d', [1], 'uses printf verb "%["'],
    ['%5%', [], 'uses printf verb "%5%"'],
    ['%\n', ['a'], 'uses printf verb "%\\n"'],
    ['%129d', [1], 'uses printf verb "%129d", wider than 128'],
    [`%${'9'.repeat(500)}d`, [1], 'wider than 128'],
    ['%.129s', ['a'], 'uses printf verb "%.129s", wider than 128'],
    ['%d', ['a'], 'formats the text "a" with printf verb "%d"'],
    ['%s', [3], 'formats the integer "3" with printf verb "%s"'],
    ['%s', [true], 'formats the truth value "true" with printf verb "%s"'],
    ['%q', [3], 'formats the integer "3" with printf verb "%q"'],
    ['%x', [true], 'formats the truth value "true" with printf verb "%x"'],
    ['%.2d', [3], 'formats the integer "3" with printf verb "%.2d"'],
    ['%.2q', ['abc'], 'formats the text "abc" with printf verb "%.2q"'],
    ['%05s', ['a'], 'formats the text "a" with printf verb "%05s"'],
    ['%05v', [true], 'formats the truth value "true" with printf verb "%05v"'],
  ])('%j of %j fails: %s', (format, values, problem) => {
    expect(() => printf(format, values, blame)).toThrow(problem);
  });

  test('prints a text without verbs, and an escaped one, as it is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(printf(text.replaceAll('%', '%%'), [], blame)).toBe(text);
        expect(printf('%s', [text], blame)).toBe(text);
      }),
    );
  });
});
