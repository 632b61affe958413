import { expect, test } from 'vitest';
import { retryAfterMs } from './retry-after.ts';

const now = new Date('2026-03-04T05:06:07Z');

test.each([
  ['0', 0],
  [' 120 ', 120_000],
  ['Wed, 04 Mar 2026 05:06:37 GMT', 30_000],
  ['Wed, 04 Mar 2026 05:00:00 GMT', 0],
  ['-5', undefined],
  ['1.5', undefined],
  ['2026-03-04T05:06:37Z', undefined],
  ['Soon', undefined],
  ['', undefined],
])('"%s" asks for %s ms', (header, expected) => {
  expect(retryAfterMs(header, now)).toBe(expected);
});
