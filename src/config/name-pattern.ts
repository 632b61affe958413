import * as z from 'zod/mini';
import { expecting, listOf } from './fields.ts';

/** Longest pattern, in characters; no name is longer. */
const maxLength = 255;

/**
 * A pattern as `matchesGlob` reads it: components of these characters and single stars, or `**`. `characters` is the
 * inside of a character class.
 */
function globOf(characters: string) {
  const component = `(?!\\.{1,2}(?:/|$))(?:\\*?[${characters}])+\\*?`;
  const either = `(?:\\*{1,2}|${component})`;
  return z.string().check(z.maxLength(maxLength), z.regex(new RegExp(`^${either}(?:/${either})*$`)));
}

export function namePattern(characters: string, example: string) {
  return expecting(globOf(characters), {
    expected: `a pattern such as ${JSON.stringify(example)}`,
    title: 'pattern',
  });
}

/** What git allows in a ref, beside stars. */
export const refPattern = expecting(globOf('^\\s*?:~^\\\\[/\\x00-\\x1f\\x7f').check(z.startsWith('refs/')), {
  expected: 'a pattern of full refs such as "refs/heads/release-*" or "refs/tags/v*"',
  title: 'pattern',
});

/** A list of plain values, at least one, none of them twice. */
export function nonEmpty<Schema extends z.core.$ZodType<string>>(entry: Schema, expected: string) {
  return expecting(listOf(entry, expected).check(z.minLength(1)), { expected: `${expected}, at least one` });
}
