import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseDuration } from './duration.ts';

describe('parseDuration', () => {
  test.each([
    ['0', 0],
    ['+0', 0],
    ['-0', 0],
    ['5s', 5],
    ['30s', 30],
    ['1m30s', 90],
    ['1h', 3600],
    ['1.5h', 5400],
    ['1h15m30.918s', 4530.918],
    ['500ms', 0.5],
    ['.5s', 0.5],
    ['1.s', 1],
    ['100us', 0.0001],
    ['100µs', 0.0001],
    ['100μs', 0.0001],
    ['1ns', 1e-9],
    ['-2s', -2],
    ['+2s', 2],
    ['3s1h', 3603],
    ['1s1s', 2],
    ['2562047h47m16.854775807s', 2 ** 63 / 1e9],
  ])('reads %j as %d seconds', (text, seconds) => {
    expect(parseDuration(text)).toBe(seconds);
  });

  test.each([
    '',
    '5',
    '1.5',
    's',
    '.s',
    '.',
    '-',
    '--1s',
    '1 s',
    ' 1s',
    '1s ',
    '1S',
    '1sec',
    '1d',
    '1h-1m',
    '1e3s',
    '0x1s',
    '١s',
    '00',
    '2562047h47m16.854775808s',
    `${'1'.repeat(100)}s`,
  ])('refuses %j', (text) => {
    expect(parseDuration(text)).toBeUndefined();
  });

  test('adds up whatever is written in any order of units', () => {
    const nanoseconds = { h: 3600e9, m: 60e9, s: 1e9, ms: 1e6, us: 1e3, ns: 1 };
    const units = fc.constantFrom<keyof typeof nanoseconds>('h', 'm', 's', 'ms', 'us', 'ns');
    const parts = fc.array(fc.tuple(fc.integer({ min: 0, max: 9999 }), units), {
      minLength: 1,
      maxLength: 6,
    });
    fc.assert(
      fc.property(parts, (written) => {
        const text = written.map(([count, unit]) => `${count}${unit}`).join('');
        const total = written.reduce((sum, [count, unit]) => sum + BigInt(count * nanoseconds[unit]), 0n);
        expect(parseDuration(text)).toBe(Number(total) / 1e9);
      }),
    );
  });

  test('takes no text to be something else than a number or nothing', () => {
    const alphabet = fc.string({ unit: fc.constantFrom(...'0123456789.hmsnuµ+- '), maxLength: 80 });
    fc.assert(
      fc.property(fc.oneof(alphabet, fc.string()), (text) => {
        const seconds = parseDuration(text);
        expect(seconds === undefined || Number.isFinite(seconds)).toBe(true);
      }),
    );
  });
});
