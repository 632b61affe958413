import { describe, expect, test } from 'vitest';
import { allowList, checkGun } from './allow-list.ts';

const attributes = (pairs: Record<string, string[]>) => new Map(Object.entries(pairs));

describe('the list of clients', () => {
  const ci = { subject: 'C=DE, O=Example\\, Inc., CN=ci', gunPrefixes: [] };
  const list = allowList([ci, { subject: 'CN=a, OU=one, OU=two', gunPrefixes: [] }]);

  test.each([
    ['in the order of the list', { C: ['DE'], O: ['Example, Inc.'], CN: ['ci'] }],
    ['in another order', { CN: ['ci'], O: ['Example, Inc.'], C: ['DE'] }],
  ])('finds a subject %s', (_, subject) => {
    expect(list.find(attributes(subject))).toBe(ci);
  });

  test.each([
    ['nothing', {}],
    ['less', { O: ['Example, Inc.'], CN: ['ci'] }],
    ['more', { C: ['DE'], O: ['Example, Inc.'], CN: ['ci'], OU: ['x'] }],
    ['an attribute twice', { C: ['DE'], O: ['Example, Inc.'], CN: ['ci', 'ci'] }],
    ['a name in capitals', { C: ['DE'], O: ['Example, Inc.'], CN: ['CI'] }],
    ['values that belong to other types', { C: ['ci'], O: ['Example, Inc.'], CN: ['DE'] }],
    ['values that look like several', { CN: ['ci","O=Example'] }],
    ['one of two that are the same type', { CN: ['a'], OU: ['one'] }],
  ])('finds nobody with %s', (_, subject) => {
    expect(() => list.find(attributes(subject as Record<string, string[]>))).toThrow(
      expect.objectContaining({ code: 'client-unknown' }),
    );
  });
});

describe('a prefix', () => {
  test.each([
    ['r.io/team', 'r.io/team', true],
    ['r.io/team', 'r.io/team/app', true],
    ['r.io/team/', 'r.io/team/app', true],
    ['r.io', 'r.io/team/app', true],
    ['r.io:5000/a', 'r.io:5000/a/b', true],
    ['r.io/team', 'r.io/team-evil', false],
    ['r.io/team', 'r.io/team-evil/app', false],
    ['r.io/team/', 'r.io/team-evil', false],
    ['r.io/team/app', 'r.io/team', false],
    ['r.io', 'r.io.evil.org/team', false],
    ['r.io', 'r.io:5000/team', false],
    ['', 'r.io/team', false],
    ['/', 'r.io/team', false],
  ])('"%s" covers "%s": %s', (prefix, gun, covered) => {
    const check = () => checkGun({ subject: 'CN=a', gunPrefixes: ['other.io', prefix] }, gun);
    if (covered) expect(check).not.toThrow();
    else expect(check).toThrow(expect.objectContaining({ code: 'gun-forbidden' }));
  });
});
