import fc from 'fast-check';
import { expect, test } from 'vitest';
import { textWidth, truncate } from './text-width.ts';

test.each([
  ['abc', 3],
  ['größe', 5],
  ['gro\u0308sse', 6],
  ['大小', 4],
  ['🚀 go', 5],
  ['', 0],
])('%j takes %i columns', (text, columns) => {
  expect(textWidth(text)).toBe(columns);
});

test.each([
  ['abcdef', 6, 'abcdef'],
  ['abcdef', 5, 'abcd…'],
  ['大小大小', 6, '大小…'],
  ['大小大小', 5, '大小…'],
  ['abc', 1, '…'],
  ['abc', 0, ''],
])('%j in %i columns is %j', (text, columns, expected) => {
  expect(truncate(text, columns)).toBe(expected);
});

test('a truncated text never takes more columns than it was given', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.nat(30), (text, columns) => {
      expect(textWidth(truncate(text, columns))).toBeLessThanOrEqual(columns);
    }),
  );
});
