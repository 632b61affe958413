import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { rfc3339 } from '../../core/index.ts';
import { parseTime } from './parse-time.ts';

describe('parseTime', () => {
  test.each([
    ['2026-05-01T10:20:30Z', '2026-05-01T10:20:30.000Z'],
    ['2026-05-01T10:20:30+02:00', '2026-05-01T08:20:30.000Z'],
    ['2026-05-01T00:20:30.25-23:59', '2026-05-02T00:19:30.250Z'],
    ['2024-02-29T23:59:59Z', '2024-02-29T23:59:59.000Z'],
  ])('reads %s', (text, expected) => {
    expect(parseTime(text)?.toISOString()).toBe(expected);
  });

  test.each([
    '2026-02-29T00:00:00Z',
    '2026-13-01T00:00:00Z',
    '2026-00-01T00:00:00Z',
    '2026-05-01T24:00:00Z',
    '2026-05-01T10:60:30Z',
    '2026-05-01T10:20:60Z',
    '2026-05-01T10:20:30',
    '2026-05-01 10:20:30Z',
    '2026-05-01',
    '2026-05-01T10:20:30z',
    '2026-05-01T10:20:30+24:00',
    '2026-05-01T10:20:30.Z',
    ' 2026-05-01T10:20:30Z',
    '2026-05-01T10:20:30Z\n',
    '+002026-05-01T10:20:30Z',
    '',
    1_777_630_830,
    null,
    undefined,
    ['2026-05-01T10:20:30Z'],
  ])('refuses %j', (untrusted) => {
    expect(parseTime(untrusted)).toBeUndefined();
  });

  test('reads back what we write', () => {
    const years = { min: new Date('0001-01-01'), max: new Date('9999-12-31'), noInvalidDate: true };
    fc.assert(
      fc.property(fc.date(years), (time) => {
        expect(parseTime(rfc3339(time))?.getTime()).toBe(Math.floor(time.getTime() / 1000) * 1000);
      }),
    );
  });
});
