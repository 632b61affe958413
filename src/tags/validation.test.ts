import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isFailure } from '../core/index.ts';
import { checkValidationPattern, matchesValidation } from './validation.ts';

describe('a validation pattern', () => {
  test.each([
    ['^PR-[0-9]+$', 'PR-123', true],
    ['^PR-[0-9]+$', 'PR-', false],
    ['[0-9]+', 'v1-x', true],
    ['^(v[0-9]{8}-[0-9a-f]{7})$', 'v20210930-1234567', true],
    ['^v\\d{8}-\\w+$', 'v20210930-1234567', true],
    ['(?i)^LATEST$', 'latest', true],
    ['^a$', 'a\n', false],
    ['(?P<year>20[0-9]{2})', 'x2024', true],
    ['\\pL', '123', false],
    ['^[[:alpha:]]+\\z', 'abc', true],
  ])('%j finds in %j: %s', (pattern, value, expected) => {
    expect(matchesValidation(pattern, value)).toBe(expected);
  });

  test.each(['(', '[', 'a**', '(?=a)', '(?<!a)b', '(a)\\1', 'a{1001}', '(a{1000}){1000}', '\\8', '(?P<n'])(
    '%j is invalid, which both the check and the match say',
    (pattern) => {
      const problem = checkValidationPattern(pattern);
      expect(problem?.message.startsWith(`tag validation pattern "${pattern}" is invalid: `)).toBe(true);
      expect(problem?.hint).toContain('RE2');
      expect(() => matchesValidation(pattern, 'a')).toThrow(expect.objectContaining({ code: 'tag.invalid' }));
    },
  );

  test('with a line break in it cannot begin a line of the log', () => {
    const message = checkValidationPattern('(a\n::error::b')?.message;
    expect(message).toContain('"(a\\n::error::b" is invalid: ');
    expect(message).not.toContain('\n');
  });

  test('of 1024 characters is taken, a longer one refused', () => {
    expect(checkValidationPattern('a'.repeat(1024))).toBeUndefined();
    expect(checkValidationPattern('a'.repeat(1025))?.message).toContain('is longer than 1024 characters');
  });

  test.each([
    ['^(a+)+$', 'a'],
    ['^(a|aa)+$', 'a'],
    ['^(a|a?)+$', 'a'],
    ['(.*a){100}', 'b'],
    ['^([a-zA-Z0-9_.-]+)*$', 'a'],
    [`(${'a?'.repeat(300)})${'a'.repeat(300)}b`, 'a'],
    [`^(?:${'(?:a|b)*'.repeat(100)})$`, 'a'],
    ['(?:a{1000}|b{1000}|c{1000})*d', 'a'],
  ])('%j cannot hang the build, however long the value', (pattern, letter) => {
    expect(matchesValidation(pattern, `${letter.repeat(20_000)}!`)).toBe(false);
  });

  test.each([
    ['groups', `${'('.repeat(400)}a${')'.repeat(400)}`],
    ['open groups', '('.repeat(1024)],
    ['repetitions', `${'(?:'.repeat(200)}a${')*'.repeat(200)}`],
    ['counted repetitions', '(?:a{30}){30}'.repeat(78)],
    ['classes', '[a-z'.repeat(256)],
  ])('of many %s is compiled or refused', (_, pattern) => {
    const problem = checkValidationPattern(pattern);
    expect(problem === undefined || problem.message.includes('is invalid')).toBe(true);
  });

  test('of any text is compiled or refused as an invalid tag', () => {
    const soup = fc.array(
      fc.constantFrom('a', '(', ')', '[', ']', '*', '+', '?', '|', '{2}', '\\', '^', '$', '.'),
    );
    const patterns = fc.oneof(
      fc.string({ unit: 'binary' }),
      soup.map((parts) => parts.join('')),
    );
    fc.assert(
      fc.property(patterns, fc.string(), (pattern, value) => {
        try {
          expect(typeof matchesValidation(pattern, value)).toBe('boolean');
        } catch (error) {
          if (!isFailure(error, 'tag.invalid')) throw error;
        }
      }),
    );
  });
});
