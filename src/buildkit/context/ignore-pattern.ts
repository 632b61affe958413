import { RE2JS } from 're2js';

/** One line of an ignore file that names something. */
export interface IgnorePattern {
  /** Whether it takes files in again that a line before it left out. */
  readonly exception: boolean;
  /** The one path that it names, where it is no pattern at all. */
  readonly path: string | undefined;
  /** Whether it names this path itself, which is relative to the root and has `/` between its parts. */
  readonly matches: (path: string) => boolean;
}

/** UTF-16 units; the engine takes linear time, but in the size of the pattern too, and the pattern is the caller's. */
const longestPattern = 1024;

/**
 * A pattern as BuildKit 0.25 reads it (moby/patternmatcher v0.6): Go's `filepath.Match` with `**`. Undefined for one
 * that it refuses, or that is longer than any path.
 */
export function compileIgnorePattern(text: string): IgnorePattern | undefined {
  const exception = text.startsWith('!');
  const glob = exception ? text.slice(1) : text;
  if (glob.length > longestPattern) return undefined;
  // It is cleaned with its mark once more, which leaves the mark alone of an exception for the root.
  if (glob === '' || (exception && glob === '/') || !wellFormed.test(glob)) return undefined;
  const matches = matcherOf(glob);
  const path = special.test(glob) ? undefined : glob;
  return matches === undefined ? undefined : { exception, path, matches };
}

/** What `filepath.Match` takes: escapes that escape something, classes that are closed and not empty. */
const wellFormed = /^(?:[^\\[]|\\[\s\S]|\[\^?(?:(?:\\[\s\S]|[^\\\]-])(?:-(?:\\[\s\S]|[^\\\]-]))?)+\])*$/;

const special = /[*?[\]\\]/;

/** Most lines of most files are plain names, or have one `**` at an end, and need no regular expression. */
function matcherOf(glob: string): IgnorePattern['matches'] | undefined {
  if (glob === '**' || glob === '**/') return () => true;
  if (!special.test(glob)) return (path) => path === glob;
  if (/^\*\*[^*?[\]\\]+$/.test(glob)) {
    const suffix = glob.slice(2);
    return (path) => path.endsWith(suffix) || (suffix.startsWith('/') && path === suffix.slice(1));
  }
  if (/^[^*?[\]\\]+\*\*$/.test(glob)) {
    const prefix = glob.slice(0, -2);
    return (path) => path.startsWith(prefix);
  }
  return regularExpression(glob);
}

const tokens = /\*\*\/?|\*|\?|\\[\s\S]|[\s\S]/gu;

function regularExpression(glob: string): IgnorePattern['matches'] | undefined {
  const source = glob.replace(tokens, (token, at: number) => {
    if (token.startsWith('**')) return at + token.length === glob.length ? '.*' : '(.*/)?';
    if (token === '*') return '[^/]*';
    if (token === '?') return '[^/]';
    return /^[.+()|{}$]$/.test(token) ? `\\${token}` : token;
  });
  try {
    const pattern = RE2JS.compile(`^${source}$`);
    return (path) => pattern.test(path);
  } catch {
    return undefined;
  }
}
