import { PipelineError } from '../pipeline-error.ts';

export type TextPart =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'expression'; readonly source: string };

/** Cuts a text at its `${{ … }}`; a `}}` inside of a quoted text ends nothing. */
export function templateParts(text: string): readonly TextPart[] {
  const parts: TextPart[] = [];
  let rest = 0;
  for (let start = text.indexOf('${{'); start >= 0; start = text.indexOf('${{', rest)) {
    if (start > rest) parts.push({ kind: 'text', text: text.slice(rest, start) });
    const end = endOf(text, start + 3);
    parts.push({ kind: 'expression', source: text.slice(start + 3, end).trim() });
    rest = end + 2;
  }
  if (rest < text.length) parts.push({ kind: 'text', text: text.slice(rest) });
  return parts;
}

function endOf(text: string, from: number): number {
  let quoted = false;
  for (let at = from; at < text.length; at++) {
    if (text[at] === "'") quoted = !quoted;
    else if (!quoted && text.startsWith('}}', at)) return at;
  }
  throw new PipelineError(`The expression is not closed. Unexpected end of "${text.slice(from - 3)}"`);
}

/** A text that is one expression and nothing else keeps the kind of its value. */
export function wholeExpression(text: string): string | undefined {
  if (!text.includes('${{')) return undefined;
  const [first, ...others] = templateParts(text.trim());
  return first?.kind === 'expression' && others.length === 0 ? first.source : undefined;
}
