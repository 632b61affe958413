import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createLineReader } from './line-reader.ts';

function read(chunks: readonly Uint8Array[]): string[] {
  const lines: string[] = [];
  const reader = createLineReader((line) => lines.push(line));
  for (const chunk of chunks) reader.take(chunk);
  reader.end();
  return lines;
}

test('reads lines with either line break, and the last one without', () => {
  expect(read([Buffer.from('a\r\nb\n\nc')])).toEqual(['a', 'b', '', 'c']);
  expect(read([])).toEqual([]);
});

test('reads the same lines wherever the stream is cut', () => {
  const text = fc.string({ unit: fc.constantFrom('a', 'ä', '大', '🚀', '\n') });
  fc.assert(
    fc.property(text, fc.array(fc.nat(40)), (untrusted, cuts) => {
      const bytes = Buffer.from(untrusted);
      const edges = [0, ...cuts.toSorted((a, b) => a - b), bytes.length];
      const chunks = edges.slice(1).map((edge, index) => bytes.subarray(edges[index], edge));
      expect(read(chunks)).toEqual(read([bytes]));
      expect(read(chunks).join('\n')).toBe(untrusted.replace(/\n$/, ''));
    }),
  );
});
