import { quoted, templateFailure } from './tag-failure.ts';
import type { Token } from './tokenize.ts';

/** Parentheses and `if` inside one another; far beyond any use, far below the end of the stack. */
const maxDepth = 32;

/** Where the parser stands in the tokens of `text`. */
export interface TokenCursor {
  readonly text: string;
  readonly tokens: readonly Token[];
  at: number;
}

/** The token under the cursor; behind the last one, the end of the text. */
export function peek(cursor: TokenCursor): Token {
  return cursor.tokens[cursor.at] ?? { kind: 'end of text', position: cursor.text.length + 1, spaced: false };
}

export function next(cursor: TokenCursor): Token {
  const token = peek(cursor);
  cursor.at++;
  return token;
}

/** Steps over a token of this kind, or says that there is none. */
export function take(cursor: TokenCursor, kind: Token['kind']): boolean {
  const found = peek(cursor).kind === kind;
  if (found) cursor.at++;
  return found;
}

/** Steps over this keyword, or says that it is not there. */
export function takeWord(cursor: TokenCursor, word: string): boolean {
  const token = peek(cursor);
  const found = token.kind === 'word' && token.text === word;
  if (found) cursor.at++;
  return found;
}

export function expectClose(cursor: TokenCursor): void {
  const token = next(cursor);
  if (token.kind === 'close') return;
  throw parseFailure(cursor, token.position, `has an unexpected ${described(token)}`);
}

/** A token as messages show it. */
export function described(token: Token): string {
  if (token.kind === 'close') return '"}}"';
  if (token.kind === 'integer') return `"${token.value}"`;
  return 'text' in token ? quoted(token.text) : `"${token.kind}"`;
}

export function requireDepth(cursor: TokenCursor, position: number, depth: number): void {
  if (depth <= maxDepth) return;
  throw parseFailure(cursor, position, `is nested more than ${maxDepth} deep`);
}

/** A fault at a 1-based position of the template under the cursor. */
export function parseFailure(cursor: TokenCursor, position: number, problem: string, hint?: string): Error {
  return templateFailure(cursor.text, { problem, position, hint });
}
