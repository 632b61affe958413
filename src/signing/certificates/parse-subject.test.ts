import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseSubject } from './parse-subject.ts';

const pairs = (text: string) => parseSubject(text)?.map(({ type, value }) => `${type}:${value}`);

describe('a subject', () => {
  test.each([
    ['CN=ci', ['CN:ci']],
    ['C=DE, ST=BW,O=Example , CN=ci', ['C:DE', 'ST:BW', 'O:Example', 'CN:ci']],
    ['cn = a b', ['CN:a b']],
    ['O=Example\\, Inc., CN=x\\=y', ['O:Example, Inc.', 'CN:x=y']],
    ['CN=a=b', ['CN:a=b']],
    ['CN=ends\\ ', ['CN:ends ']],
    ['OU=one, OU=two', ['OU:one', 'OU:two']],
    ['CN=Müller', ['CN:Müller']],
    ['serialNumber=7, CN=a', ['2.5.4.5:7', 'CN:a']],
  ])('"%s" is read', (text, expected) => {
    expect(pairs(text)).toEqual(expected);
  });

  test.each([
    'garbage',
    '',
    ' ',
    'CN=',
    'CN= ',
    '=x',
    'CN=a,',
    ',CN=a',
    'CN=a,,O=b',
    'CN=a+O=b',
    'CN="a, b"',
    'CN=a\nO=evil',
    'CN=a\\',
    'CN=a\\x',
    'XX=a',
    '2.5.4.3=a',
    'CN=a;O=b',
  ])('%j is refused', (text) => {
    expect(parseSubject(text)).toBeUndefined();
  });

  test('keeps every value that is escaped', () => {
    const printable = fc.string({ minLength: 1, unit: 'grapheme-ascii' });
    fc.assert(
      fc.property(fc.constantFrom('CN', 'O', 'OU'), printable, (type, value) => {
        const escaped = value.replace(/[\\,+"<>;=# ]/g, '\\$&');
        expect(parseSubject(`${type}=${escaped}, C=DE`)).toEqual([
          { type, value },
          { type: 'C', value: 'DE' },
        ]);
      }),
    );
  });

  test.each([' ', '\\ ', 'a'])('longer than any real one is refused: %j', (piece) => {
    expect(parseSubject(`CN=${piece.repeat(1_000)}`)).toBeUndefined();
  });
});
