import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { matchesGlob } from './glob.ts';

describe('a name fits a pattern', () => {
  test.each([
    ['team/app', 'team/app'],
    ['team/*', 'team/app'],
    ['team/*-app', 'team/-app'],
    ['team/*-app', 'team/big-app'],
    ['team/*a*b*', 'team/xaxbx'],
    ['*', 'app'],
    ['**', 'app'],
    ['**', 'a/b/c'],
    ['team/**', 'team/a'],
    ['team/**', 'team/a/b/c'],
    ['**/app', 'a/b/app'],
    ['a/**/z', 'a/b/z'],
    ['a/**/z', 'a/z/z'],
    ['a/**/m/**/z', 'a/b/m/m/y/z'],
    ['**/*-x/**', 'a/b-x/c'],
    ['refs/heads/release-*', 'refs/heads/release-1.2'],
  ])('%s: %s', (pattern, name) => {
    expect(matchesGlob(pattern, name)).toBe(true);
  });
});

describe('a name does not fit a pattern', () => {
  test.each([
    ['team/app', 'team/App'],
    ['team/app', 'team/app2'],
    ['team/app', 'team'],
    ['team/*', 'team'],
    ['team/*', 'team/'],
    ['team/*', 'team/a/b'],
    ['team/*', 'team-two/a'],
    ['team/**', 'team'],
    ['team/**', 'team/'],
    ['team/**', 'teams/a'],
    ['team/**', 'other/team/a'],
    ['team/**', 'team/../other/a'],
    ['team/**', 'team/./a'],
    ['team/**', 'team//a'],
    ['team/**', '/team/a'],
    ['**', ''],
    ['**', '..'],
    ['**/app', 'app'],
    ['a/**/z', 'a/z'],
    ['a.c', 'abc'],
    ['a+', 'aa'],
    ['team/**', 'ｔeam/a'],
  ])('%s: %s', (pattern, name) => {
    expect(matchesGlob(pattern, name)).toBe(false);
  });

  test('however hard the pattern is to try', () => {
    const name = `${'a'.repeat(200)}/`.repeat(20);
    expect(matchesGlob(`${'*a'.repeat(50)}b/${'**/*a*/'.repeat(20)}z`, `${name}b`)).toBe(false);
  });
});

const component = fc.stringMatching(/^[a-z0-9]{1,4}(?:-[a-z0-9]{1,3})?$/);
const path = fc.array(component, { minLength: 1, maxLength: 4 }).map((parts) => parts.join('/'));

test('nothing outside the prefix of a pattern fits it', () => {
  const tail = fc.constantFrom('*', '**', '*-x', '**/x');
  fc.assert(
    fc.property(path, tail, fc.oneof(path, fc.string()), (prefix, end, name) => {
      if (matchesGlob(`${prefix}/${end}`, name)) expect(name.startsWith(`${prefix}/`)).toBe(true);
    }),
  );
});

test('everything below a prefix fits it, and a pattern without stars fits itself alone', () => {
  fc.assert(
    fc.property(path, path, (prefix, rest) => {
      expect(matchesGlob(`${prefix}/**`, `${prefix}/${rest}`)).toBe(true);
      expect(matchesGlob(prefix, rest)).toBe(prefix === rest);
    }),
  );
});

test('agrees with the slow and obvious definition', () => {
  const word = fc.stringMatching(/^[ab]{1,3}$/);
  const part = fc.oneof(
    fc.constant('**'),
    fc.stringMatching(/^[ab*]{1,4}$/).filter((text) => !text.includes('**')),
  );
  const obvious = (parts: readonly string[], names: readonly string[]): boolean => {
    const [first, ...others] = parts;
    if (first === undefined) return names.length === 0;
    if (first === '**') return names.some((_, at) => obvious(others, names.slice(at + 1)));
    const [name, ...rest] = names;
    const pattern = new RegExp(`^${first.replaceAll('*', '.*')}$`);
    return name !== undefined && pattern.test(name) && obvious(others, rest);
  };
  fc.assert(
    fc.property(
      fc.array(part, { minLength: 1, maxLength: 4 }),
      fc.array(word, { minLength: 1, maxLength: 5 }),
      (parts, names) => {
        expect(matchesGlob(parts.join('/'), names.join('/'))).toBe(obvious(parts, names));
      },
    ),
    { numRuns: 5000 },
  );
});
