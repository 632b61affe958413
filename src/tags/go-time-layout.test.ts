import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatGoTime } from './go-time-layout.ts';

const morning = new Date('2024-02-05T03:04:09.120Z');
const evening = new Date('2021-12-30T23:59:58.000Z');

describe("Go's time layout in UTC", () => {
  test.each([
    ['20060102', '20240205', '20211230'],
    ['2006-01-02T15:04:05Z07:00', '2024-02-05T03:04:09Z', '2021-12-30T23:59:58Z'],
    ['Mon, 02 Jan 2006 15:04:05 MST', 'Mon, 05 Feb 2024 03:04:09 UTC', 'Thu, 30 Dec 2021 23:59:58 UTC'],
    ['Monday, January 2', 'Monday, February 5', 'Thursday, December 30'],
    ['Mon Jan _2 15:04:05 2006', 'Mon Feb  5 03:04:09 2024', 'Thu Dec 30 23:59:58 2021'],
    ['1/2/06', '2/5/24', '12/30/21'],
    ['01/02 03:04:05PM 06', '02/05 03:04:09AM 24', '12/30 11:59:58PM 21'],
    ['3:4:5 pm', '3:4:9 am', '11:59:58 pm'],
    ['15h', '03h', '23h'],
    ['002', '036', '364'],
    ['__2', ' 36', '364'],
    ['_2006', '_2024', '_2021'],
    ['__2006', ' 36024', '364021'],
    ['Janus 2', 'Janus 5', 'Janus 30'],
    ['January2', 'February5', 'December30'],
    ['Mondays', 'Mondays', 'Thursdays'],
    ['Monet 2', 'Monet 5', 'Monet 30'],
    ['JanX', 'FebX', 'DecX'],
    ['05.000', '09.120', '58.000'],
    ['05.999', '09.12', '58'],
    ['05,000000000', '09,120000000', '58,000000000'],
    ['05.9', '09.1', '58'],
    ['05.00', '09.12', '58.00'],
    ['05.000000000000', '09.120000000', '58.000000000'],
    ['04.0002', '04.0036', '59.0364'],
    ['-0700', '+0000', '+0000'],
    ['-07:00', '+00:00', '+00:00'],
    ['-07', '+00', '+00'],
    ['-070000', '+000000', '+000000'],
    ['-07:00:00', '+00:00:00', '+00:00:00'],
    ['Z0700 Z07 Z070000 Z07:00:00', 'Z Z Z Z', 'Z Z Z Z'],
    ['2006v02', '2024v05', '2021v30'],
    ['200602', '202405', '202130'],
  ])('%j', (layout, atMorning, atEvening) => {
    expect(formatGoTime(morning, layout)).toBe(atMorning);
    expect(formatGoTime(evening, layout)).toBe(atEvening);
  });

  test.each([
    ['2024-01-01T00:00:00Z', '12AM', '001'],
    ['2024-01-01T12:00:00Z', '12PM', '001'],
    ['2024-12-31T13:00:00Z', '01PM', '366'],
    ['2023-12-31T11:00:00Z', '11AM', '365'],
  ])('%s is %s on day %s', (time, hour, day) => {
    expect(formatGoTime(new Date(time), '03PM')).toBe(hour);
    expect(formatGoTime(new Date(time), '002')).toBe(day);
  });

  test.each(['', 'yyyy-MM-dd', 'Janus', 'Monet', 'latest', 'MSt', '00'])(
    '%j names no part of a time',
    (layout) => {
      expect(formatGoTime(morning, layout)).toBeUndefined();
    },
  );

  test('any layout gives a text or nothing, and what surrounds an element stays', () => {
    const parts = ['2006', '01', 'Jan', '.000', ',999', '_2', '-07', 'Z07:00', '0', '9', '_', 'x', '2', '.'];
    const layouts = fc.array(fc.constantFrom(...parts)).map((all) => all.join(''));
    fc.assert(
      fc.property(layouts, fc.date({ noInvalidDate: true }), (layout, time) => {
        const text = formatGoTime(time, layout);
        expect(formatGoTime(time, `[${layout}]`)).toBe(text === undefined ? undefined : `[${text}]`);
      }),
    );
  });

  test('a date prints as its ISO form with the ISO layout', () => {
    const dates = fc.date({ min: new Date(0), max: new Date('9999-12-31T23:59:59Z'), noInvalidDate: true });
    fc.assert(
      fc.property(dates, (time) => {
        expect(formatGoTime(time, '2006-01-02T15:04:05.000Z07:00')).toBe(time.toISOString());
      }),
    );
  });
});
