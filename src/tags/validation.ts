import { RE2JS } from 're2js';
import { type ImageBuilderError, type Problem, reasonOf } from '../core/index.ts';
import { oneLine, problemOf, quoted, tagFailure } from './tag-failure.ts';

/** UTF-16 units. The engine takes linear time, but in the size of the pattern too. */
const maxPatternLength = 1024;

/** Whether `value` holds a match of `pattern` (RE2 syntax), anywhere in it, as Go's `MatchString` looks for one. */
export function matchesValidation(pattern: string, value: string): boolean {
  return compilePattern(pattern).test(value);
}

/** What is wrong with a validation pattern, if anything. */
export function checkValidationPattern(pattern: string): Problem | undefined {
  return problemOf(() => compilePattern(pattern));
}

function compilePattern(pattern: string): RE2JS {
  if (pattern.length > maxPatternLength) {
    throw patternFailure(pattern, `is longer than ${maxPatternLength} characters`);
  }
  try {
    return RE2JS.compile(pattern);
  } catch (cause) {
    throw patternFailure(pattern, `is invalid: ${oneLine(reasonOf(cause))}`, cause);
  }
}

function patternFailure(pattern: string, problem: string, cause?: unknown): ImageBuilderError<'tag.invalid'> {
  const hint = 'validation patterns are in RE2 syntax, without look-around and back-references';
  return tagFailure(pattern, `tag validation pattern ${quoted(pattern)} ${problem}`, { hint, cause });
}
