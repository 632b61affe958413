import { posix } from 'node:path';
import { compileIgnorePattern, type IgnorePattern } from './ignore-pattern.ts';

/** Bytes; Go's line reader, which BuildKit uses, fails on a longer line. */
const longestLine = 64 * 1024;

/** The patterns of an ignore file; undefined for one that BuildKit refuses, or that is not read as it reads it. */
export function parseIgnoreFile(untrustedText: string): readonly IgnorePattern[] | undefined {
  const lines = untrustedText.replace(/^\ufeff/, '').split(/\r?\n/);
  if (untrustedText.includes('\ufffd') || lines.some((line) => line.length >= longestLine)) return undefined;
  const patterns = lines.flatMap(patternText).map(compileIgnorePattern);
  return patterns.every((pattern) => pattern !== undefined) ? patterns : undefined;
}

/** A line without what only people read; paths count from the root of the context. */
function patternText(line: string): readonly string[] {
  const text = line.trim();
  if (line.startsWith('#') || text === '') return [];
  const exception = text.startsWith('!');
  const path = cleaned(exception ? text.slice(1).trim() : text);
  return [`${exception ? '!' : ''}${path}`];
}

/** As Go's `filepath.Clean`, without the slash in front. */
function cleaned(text: string): string {
  if (text === '') return '';
  const path = posix.normalize(text).replace(/(?<=.)\/$/, '');
  return path.length > 1 && path.startsWith('/') ? path.slice(1) : path;
}

/** Which patterns name a folder or something above it; undefined at the root. */
export type PatternState = readonly boolean[] | undefined;

export interface IgnoreVerdict {
  readonly ignored: boolean;
  /** For what the path holds. */
  readonly state: PatternState;
}

/**
 * Whether a path is left out: the last pattern that names it, or a folder above it, decides. An exact copy of
 * `MatchesUsingParentResults` of moby/patternmatcher v0.6, its short cuts included, since they show in the result.
 */
export function judgePath(
  patterns: readonly IgnorePattern[],
  path: string,
  above: PatternState,
): IgnoreVerdict {
  let ignored = false;
  const state = patterns.map(({ exception, matches }, at) => {
    const named = above?.[at] === true || (exception === ignored && matches(path));
    if (named) ignored = !exception;
    return named;
  });
  return { ignored, state };
}
