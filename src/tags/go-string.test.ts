import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { goQuote, unescapeGoString } from './go-string.ts';

describe('the body of a Go string literal', () => {
  test.each([
    ['plain', 'plain'],
    ['\\a\\b\\f\\n\\r\\t\\v\\\\\\"', '\x07\b\f\n\r\t\v\\"'],
    ['\\x41\\101\\u0041\\U00000041', 'AAAA'],
    ['\\\\x41', '\\x41'],
    ['\\U0001F600', '😀'],
    ['\\U0010ffff', '\u{10ffff}'],
    ['\\177', '\x7f'],
  ])('%j means %j', (body, text) => {
    expect(unescapeGoString(body)).toBe(text);
  });

  test.each([
    '\\q',
    "\\'",
    '\\x4',
    '\\xgg',
    '\\18',
    '\\400',
    '\\200',
    '\\x80',
    '\\u12',
    '\\ud800',
    '\\udfff',
    '\\U00110000',
    '\\U0000d800',
    '\\',
    'a\\ b',
  ])('%j is wrong', (body) => {
    expect(unescapeGoString(body)).toBeUndefined();
  });

  test('of any quoted text is that text again', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(unescapeGoString(goQuote(text).slice(1, -1))).toBe(text);
      }),
    );
  });
});
