import { describe, expect, test } from 'vitest';
import { createLogLines, withoutTimestamp } from './log-lines.ts';

function linesOf(chunks: readonly Uint8Array[], limit?: number): string[] {
  const lines = createLogLines(limit);
  return [...chunks.flatMap((chunk) => lines.take(chunk)), ...lines.end()];
}

describe('the lines of a log', () => {
  test('are the same wherever the bytes are cut', () => {
    const bytes = Buffer.from('\ufeffäöü\r\n\n\ufeff€ 😀\nlast');
    for (let at = 0; at <= bytes.length; at++)
      expect(linesOf([bytes.subarray(0, at), bytes.subarray(at)])).toEqual(['äöü', '', '€ 😀', 'last']);
  });

  test.each([
    ['', []],
    ['\n', ['']],
    ['a\n', ['a']],
    ['a', ['a']],
  ])('of %j are %j', (text, expected) => {
    expect(linesOf([Buffer.from(text)])).toEqual(expected);
  });

  test('that are too long keep their beginning, and the next line is whole', () => {
    const long = [...'abcdefghijkl\nnext\n'].map((character) => Buffer.from(character));
    expect(linesOf(long, 8)).toEqual(['abcdefgh…', 'next']);
    expect(linesOf([Buffer.from('abcdefgh\r\nabcdefgh\n')], 9)).toEqual(['abcdefgh', 'abcdefgh']);
  });
});

test.each([
  ['2026-03-04T05:06:07.8106539Z text', 'text'],
  ['2026-03-04T05:06:07.8106539Z   indented', '  indented'],
  ['2026-03-04T05:06:07.8106539Z ', ''],
  ['2026-03-04T05:06:07.8106539Z', ''],
  ['2026-03-04T05:06:07.8106539Z 2026-03-04T05:06:07.8106539Z twice', '2026-03-04T05:06:07.8106539Z twice'],
  ['2026-03-04T05:06:07.810Z text', '2026-03-04T05:06:07.810Z text'],
  ['text 2026-03-04T05:06:07.8106539Z text', 'text 2026-03-04T05:06:07.8106539Z text'],
])('%j without its timestamp is %j', (line, expected) => {
  expect(withoutTimestamp(line)).toBe(expected);
});
