import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import { cancelled, ImageBuilderError, isFailure } from './errors.ts';
import { Secret } from './secret.ts';
import { compactDate, humanBytes, humanSeconds, rfc3339 } from './time.ts';

describe('a secret', () => {
  const secret = new Secret('hunter2');

  test('prints as [secret] in every way that values get printed', () => {
    const printed = [
      `${secret}`,
      JSON.stringify({ secret }),
      inspect({ secret }, { showHidden: true, depth: 9 }),
      String(secret),
    ];
    expect(printed.join(' ')).not.toContain('hunter2');
    expect(printed.every((text) => text.includes('[secret]'))).toBe(true);
  });

  test('is given out by reveal alone', () => {
    expect(secret.reveal()).toBe('hunter2');
    expect(Object.keys(secret)).toEqual([]);
  });
});

describe('an error', () => {
  test('carries its code, details, hint and cause', () => {
    const cause = new Error('below');
    const error = new ImageBuilderError(
      'source.invalid',
      'no git',
      { path: 'x' },
      { hint: 'git init', cause },
    );
    expect(error).toMatchObject({ code: 'source.invalid', details: { path: 'x' }, hint: 'git init', cause });
    expect(isFailure(error, 'source.invalid')).toBe(true);
    expect(isFailure(error, 'internal')).toBe(false);
    expect(isFailure(new Error('other'))).toBe(false);
  });

  test('of a cancelled run names the signal', () => {
    expect(cancelled(AbortSignal.abort('SIGTERM')).details.signal).toBe('SIGTERM');
    expect(cancelled().details.signal).toBe('SIGINT');
  });
});

describe('time and sizes', () => {
  test('dates are in UTC', () => {
    const late = new Date('2021-09-30T23:59:59.999Z');
    expect(compactDate(late)).toBe('20210930');
    expect(rfc3339(late)).toBe('2021-09-30T23:59:59Z');
  });

  test.each([
    [0.04, '0.0 s'],
    [9.94, '9.9 s'],
    [9.96, '10 s'],
    [59.4, '59 s'],
    [59.6, '1 min 00 s'],
    [185, '3 min 05 s'],
    [7260, '2 h 01 min'],
  ])('%d seconds read %s', (seconds, text) => expect(humanSeconds(seconds)).toBe(text));

  test.each([
    [0, '0 B'],
    [999, '999 B'],
    [1000, '1.0 kB'],
    [999_499, '999 kB'],
    [999_600, '1.0 MB'],
    [1_449_000, '1.4 MB'],
  ])('%d bytes read %s', (bytes, text) => expect(humanBytes(bytes)).toBe(text));
});
