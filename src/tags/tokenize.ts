import { unescapeGoString } from './go-string.ts';
import { quoted, templateFailure } from './tag-failure.ts';

interface Placed {
  /** 1-based, in UTF-16 units from the start of the template. */
  readonly position: number;
  /** Whether white space stands before the token; arguments need it. */
  readonly spaced: boolean;
}

/** A word of the template language; `field` keeps its dots, `text` is what stands outside of actions. */
export type Token = Placed &
  (
    | { readonly kind: 'text' | 'field' | 'word' | 'string'; readonly text: string }
    | { readonly kind: 'integer'; readonly value: number }
    | { readonly kind: 'open' | 'close' | '(' | ')' | '|' | 'end of text' }
  );

/** Go's text/template calls these four space, and no others. */
const spaces = /[ \t\r\n]*/y;
const leftTrimMarker = /-[ \t\r\n]/y;
const trailingSpaces = /[ \t\r\n]+$/;
const actionEnd = /([ \t\r\n]-)?\}\}/y;
const commentEnd = /\*\/([ \t\r\n]-)?\}\}/y;
/** The tokens inside an action, by their shape; the body of a token is its first group. */
const shapes = {
  field: /((?:\.[\p{L}_][\p{L}\p{Nd}_]*)+)/uy,
  word: /([\p{L}_][\p{L}\p{Nd}_]*)/uy,
  integer: /([+-]?\d[\p{L}\p{Nd}_.]*)/uy,
  interpreted: /"((?:[^"\\\n]|\\[^\n])*)"/y,
  raw: /`([^`]*)`/y,
  symbol: /([()|])/y,
} as const;
const decimalInteger = /^[+-]?(?:0|[1-9][0-9]*)$/;

/** Where the scan of a template stands: `at` is 0-based. */
interface Scan {
  readonly text: string;
  readonly tokens: Token[];
  at: number;
}

/** Splits a template into its tokens, with trim markers carried out and comments left out, as Go 1.22 does. */
export function tokenize(template: string): readonly Token[] {
  const scan: Scan = { text: template, tokens: [], at: 0 };
  while (scan.at < template.length) {
    const open = template.indexOf('{{', scan.at);
    if (open < 0) {
      pushText(scan, template.length, false);
      break;
    }
    const trimsLeft = matchAt(leftTrimMarker, template, open + 2) !== null;
    pushText(scan, open, trimsLeft);
    scan.at = open + (trimsLeft ? 4 : 2);
    const trimsRight = template.startsWith('/*', scan.at) ? skipComment(scan, open) : scanAction(scan, open);
    if (trimsRight) skipSpaces(scan);
  }
  return scan.tokens;
}

function matchAt(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(text);
}

function skipSpaces(scan: Scan): number {
  const skipped = matchAt(spaces, scan.text, scan.at)?.[0].length ?? 0;
  scan.at += skipped;
  return skipped;
}

function pushText(scan: Scan, end: number, trimsEnd: boolean): void {
  const raw = scan.text.slice(scan.at, end);
  const text = trimsEnd ? raw.replace(trailingSpaces, '') : raw;
  if (text !== '') scan.tokens.push({ kind: 'text', text, position: scan.at + 1, spaced: false });
  scan.at = end;
}

/** Skips a comment up to its closing delimiter; true when that trims the text behind it. */
function skipComment(scan: Scan, open: number): boolean {
  const end = scan.text.indexOf('*/', scan.at + 2);
  if (end < 0) throw failureAt(scan, open, 'has a comment that is not closed', 'close it with */}}');
  const close = matchAt(commentEnd, scan.text, end);
  if (close === null) {
    throw failureAt(
      scan,
      open,
      'has a comment beside other words',
      'a comment fills its action: {{/* … */}}',
    );
  }
  scan.at = end + close[0].length;
  return close[1] !== undefined;
}

/** Scans one action up to its closing delimiter; true when that trims the text behind it. */
function scanAction(scan: Scan, open: number): boolean {
  scan.tokens.push({ kind: 'open', position: open + 1, spaced: false });
  for (;;) {
    const skipped = skipSpaces(scan);
    const trimming = skipped > 0 ? matchAt(actionEnd, scan.text, scan.at - 1) : null;
    const close = trimming ?? matchAt(actionEnd, scan.text, scan.at);
    if (close !== null) {
      scan.tokens.push({ kind: 'close', position: scan.at + 1, spaced: skipped > 0 });
      scan.at = close.index + close[0].length;
      return close[1] !== undefined;
    }
    if (scan.at >= scan.text.length)
      throw failureAt(scan, open, 'has an action that is not closed', 'add }}');
    scan.tokens.push(scanToken(scan, skipped > 0));
  }
}

function scanToken(scan: Scan, spaced: boolean): Token {
  const start = scan.at;
  const placed = { position: start + 1, spaced };
  const take = (shape: keyof typeof shapes): string | undefined => {
    const match = matchAt(shapes[shape], scan.text, start);
    if (match !== null) scan.at = start + match[0].length;
    return match?.[1];
  };
  const field = take('field');
  if (field !== undefined) return { kind: 'field', text: field, ...placed };
  const word = take('word');
  if (word !== undefined) return { kind: 'word', text: word, ...placed };
  const symbol = take('symbol');
  if (symbol !== undefined) return { kind: symbol as '(' | ')' | '|', ...placed };
  const number = take('integer');
  if (number !== undefined) return { kind: 'integer', value: readInteger(scan, start, number), ...placed };
  const raw = take('raw');
  if (raw !== undefined) return { kind: 'string', text: raw.replaceAll('\r', ''), ...placed };
  const interpreted = take('interpreted');
  if (interpreted !== undefined)
    return { kind: 'string', text: readString(scan, start, interpreted), ...placed };
  throw unexpectedCharacter(scan, start);
}

function readInteger(scan: Scan, start: number, digits: string): number {
  const value = Number(digits);
  if (!decimalInteger.test(digits) || !Number.isSafeInteger(value)) {
    throw failureAt(scan, start, `holds the number ${quoted(digits)}`, 'write a decimal integer, such as 7');
  }
  return value;
}

function readString(scan: Scan, start: number, body: string): string {
  const text = unescapeGoString(body);
  if (text !== undefined) return text;
  throw failureAt(scan, start, 'has a string with a wrong escape', 'write a backslash as \\\\');
}

function unexpectedCharacter(scan: Scan, start: number): Error {
  const character = String.fromCodePoint(scan.text.codePointAt(start) ?? 0);
  if (character === '"' || character === '`') {
    return failureAt(scan, start, 'has a string that is not closed', `close it with ${character}`);
  }
  const hint = 'an action holds fields, functions, strings, integers, parentheses and "|"';
  return failureAt(scan, start, `has an unexpected ${quoted(character)}`, hint);
}

function failureAt(scan: Scan, at: number, problem: string, hint: string): Error {
  return templateFailure(scan.text, { problem, position: at + 1, hint });
}
