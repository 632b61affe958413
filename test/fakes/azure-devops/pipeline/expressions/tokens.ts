import { PipelineError } from '../pipeline-error.ts';

export type Token =
  | { readonly kind: 'text'; readonly text: string; readonly at: number }
  | { readonly kind: 'number'; readonly number: number; readonly at: number }
  | { readonly kind: 'name'; readonly name: string; readonly at: number }
  | { readonly kind: 'mark'; readonly mark: string; readonly at: number }
  | { readonly kind: 'end'; readonly at: number };

const patterns = {
  space: /\s+/y,
  version: /\d+\.\d+\.\d+(?:\.\d+)?/y,
  number: /-?(?:\d+(?:\.\d+)?|\.\d+)/y,
  text: /'(?:[^']|'')*'/y,
  name: /[A-Za-z_][A-Za-z0-9_-]*/y,
  mark: /[()[\],.*]/y,
};

/** The words of an expression. */
export function tokensOf(source: string): readonly Token[] {
  const tokens: Token[] = [];
  let at = 0;
  const take = (kind: keyof typeof patterns): string | undefined => {
    const pattern = patterns[kind];
    pattern.lastIndex = at;
    return pattern.exec(source)?.[0];
  };
  while (at < source.length) {
    const space = take('space');
    if (space !== undefined) {
      at += space.length;
      continue;
    }
    const [text, token] = nextToken(take, tokens.at(-1), at);
    if (token === undefined) throw syntaxError(source, at, source[at] ?? '');
    tokens.push(token);
    at += text.length;
  }
  return [...tokens, { kind: 'end', at }];
}

function nextToken(
  take: (kind: keyof typeof patterns) => string | undefined,
  before: Token | undefined,
  at: number,
): [string, Token | undefined] {
  const text = take('text');
  if (text !== undefined) return [text, { kind: 'text', text: text.slice(1, -1).replaceAll("''", "'"), at }];
  const name = take('name');
  if (name !== undefined) return [name, { kind: 'name', name, at }];
  const afterDot = before?.kind === 'mark' && before.mark === '.';
  const number = afterDot || take('version') !== undefined ? undefined : take('number');
  if (number !== undefined) return [number, { kind: 'number', number: Number(number), at }];
  const mark = take('mark');
  return mark === undefined ? ['', undefined] : [mark, { kind: 'mark', mark, at }];
}

/** The way the service says that it does not understand a part of an expression. */
export function syntaxError(source: string, at: number, symbol: string, what = 'symbol'): PipelineError {
  return new PipelineError(
    `Unexpected ${what}: '${symbol}'. Located at position ${at + 1} within expression: ${source}. ` +
      'For more help, refer to https://go.microsoft.com/fwlink/?linkid=842996',
  );
}
