import { expect, test } from 'vitest';
import { hideTokens } from './hide-tokens.ts';

test.each([
  ['a token', 'Authorization: eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhIn0.c2ln-_', 'Authorization: [secret]'],
  ['a token without a signature', '"eyJhbGciOiJub25lIn0.e30."', '"[secret]"'],
  ['two tokens', 'eyJa.b.c eyJd.e.f', '[secret] [secret]'],
  ['no token', 'the file eyJhbGci.txt is there', 'the file eyJhbGci.txt is there'],
  ['a word that goes on like one', 'keyJa.b.c', 'keyJa.b.c'],
])('of a line with %s stays what is no token', (_, line, expected) => {
  expect(hideTokens(line)).toBe(expected);
});
