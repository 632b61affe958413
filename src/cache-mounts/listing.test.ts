import { describe, expect, test } from 'vitest';
import { parseListing } from './listing.ts';

const list = (...records: readonly string[]) =>
  parseListing(Buffer.from(records.map((record) => `${record}\0`).join(''), 'latin1'));

describe('a listing', () => {
  test('has name, type, size, and when it was last used', () => {
    expect(list('changed f 12 5.5 3.25 ./a b', 'kept d 4096 1 2 .')).toEqual([
      { name: './a b', type: 'f', size: 12, used: 5.5, changed: true },
      { name: '.', type: 'd', size: 4096, used: 2, changed: false },
    ]);
  });

  test('keeps bytes that are no text', () => {
    expect(list('kept f 1 1 1 ./\xff\xfe')[0]?.name).toBe('./\xff\xfe');
  });

  test('leaves out what no archive can bring back', () => {
    expect(list('kept s 0 1 1 ./socket', 'kept f 1 1 1 ./two\nlines', 'kept b 0 1 1 ./disk')).toEqual([]);
  });

  test('is refused when it is something else', () => {
    expect(() => list('kept f 1 1 1 /etc/passwd')).toThrow('not understood');
    expect(() => list('nonsense')).toThrow('not understood');
  });
});
