import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isFailure, type Problem } from '../core/index.ts';
import { load, problemsOf } from './load-for-test.ts';
import type { LoadedSettings } from './load-settings.ts';

describe('a text made to do harm', () => {
  const levels = 'abcdefghi'.split('');
  const bomb = levels.map((name, index) => {
    const below = index === 0 ? 'x' : `*${levels[index - 1]}`;
    return `${name}: &${name} [${Array(9).fill(below).join(', ')}]`;
  });

  test.each([
    ['aliases that multiply', bomb.join('\n'), /^aliases stand for too many values/],
    [
      'more aliases than anybody writes',
      `a: &a x\nb: [${Array(200).fill('*a').join()}]`,
      /^expected at most 100 aliases, got 200$/,
    ],
    ['an alias of itself', 'a: &a [*a]', /^unknown key "a"$/],
    ['an alias of nothing', 'registry: *a', /^aliases stand for .* nothing$/],
    [
      'more values than anybody writes',
      `tag-env: [${'A,'.repeat(30_000)}]`,
      /^expected at most 20000 values, got 30003$/,
    ],
    ['a list nested without end', '['.repeat(100_000), /^the document is nested too deeply$/],
    [
      'a mapping nested without end',
      Array.from({ length: 1000 }, (_, i) => `${' '.repeat(i)}a:`).join('\n'),
      /./,
    ],
    ['a tag that makes objects', 'registry: !!js/function x', /^unresolved tag/],
    ['binary data', 'registry: !!binary aGk=', /^unresolved tag/],
  ])('is refused: %s', async (_, text, message) => {
    const [first] = await problemsOf(text);
    expect(first?.message).toMatch(message);
  });

  test('loads when it stands under a key that is not read', async () => {
    const { warnings } = await load('tag-template: &a {b: *a}');
    expect(warnings.map(({ path }) => path)).toEqual(['tag-template']);
  });

  test('ends in settings or in problems with a place, whatever it is', async () => {
    const words = fc.constantFrom(
      ...['registry', 'cache', 'enabled', 'sign-config', 'signers', 'platforms', 'r.io/a', 'true', '1', '""'],
      ...[
        ': ',
        ':\n  ',
        '\n',
        '\n- ',
        '- ',
        '[',
        ']',
        '{',
        '}',
        ', ',
        '&a ',
        '*a',
        '<<: ',
        '? ',
        '|',
        '>',
        '!',
        '#',
        '\t',
        "'",
        '%',
      ],
    );
    const text = fc.oneof(
      fc.array(words, { maxLength: 30 }).map((parts) => parts.join('')),
      fc.string({ unit: 'binary' }),
    );
    await fc.assert(
      fc.asyncProperty(text, async (untrustedText) => {
        const result: unknown = await load(untrustedText).catch((error: unknown) => error);
        const failure = isFailure(result, 'config.invalid') ? result : undefined;
        expect(failure === undefined ? Object.isFrozen((result as LoadedSettings).settings) : true).toBe(
          true,
        );
        for (const problem of (failure?.details as { problems: readonly Problem[] } | undefined)?.problems ??
          []) {
          expect(problem.message).not.toBe('');
          expect(problem.source).toBe('c.yaml');
        }
      }),
      { numRuns: 500 },
    );
  });
});
