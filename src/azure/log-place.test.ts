import fc from 'fast-check';
import { expect, test } from 'vitest';
import { LogPlace } from './log-place.ts';

/** What a service sends for `startLine`, whose counting nobody has described. */
const services = {
  'from 1': (log: readonly string[], startLine: number) => log.slice(Math.max(0, startLine - 1)),
  'from 0': (log: readonly string[], startLine: number) => log.slice(startLine),
  'not at all': (log: readonly string[]) => log,
} as const;

/** Reads a log in pieces of one to three lines, with a break after each of these numbers of lines. */
function readWithBreaks(log: readonly string[], breaks: readonly number[], service: keyof typeof services) {
  const place = new LogPlace();
  const read: string[] = [];
  for (const limit of [...breaks, Number.POSITIVE_INFINITY]) {
    const { startLine } = place;
    const sent = startLine === undefined ? log : services[service](log, startLine);
    const reading = place.reading();
    const arrived = sent.slice(0, limit);
    for (let at = 0; at < arrived.length; at += 3) read.push(...(reading(arrived.slice(at, at + 3)) ?? []));
    if (arrived.length === sent.length) {
      read.push(...(reading([], 'end') ?? []));
      break;
    }
  }
  return read;
}

const log = fc
  .array(fc.constantFrom('', 'same', 'other'), { maxLength: 120, size: 'max' })
  // Time goes on at least every few lines.
  .map((texts) => texts.map((text, at) => `${Math.floor(at / 5)} ${text}`));

test.each(Object.keys(services) as (keyof typeof services)[])(
  'each line is new once, however often the connection breaks, when lines count %s',
  (service) => {
    fc.assert(
      fc.property(log, fc.array(fc.nat(130), { maxLength: 8, size: 'max' }), (lines, breaks) => {
        expect(readWithBreaks(lines, breaks, service)).toEqual(lines);
      }),
    );
  },
);

test('a log that is another one, or got shorter, is not read on', () => {
  const lines = Array.from({ length: 40 }, (_, at) => `line ${at}`);
  const place = new LogPlace();
  place.reading()(lines);
  expect(place.startLine).toBe(25);
  expect(place.reading()(lines.map((line) => `other ${line}`))).toBeUndefined();
  expect(place.reading()(lines.slice(30), 'end')).toBeUndefined();
  expect(place.reading()([...lines.slice(24), 'new'], 'end')).toEqual(['new']);
});
