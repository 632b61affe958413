import { wholeExpression } from './template-text.ts';

/** A key that is an instruction to the template engine. */
export type Directive =
  | { readonly kind: 'if'; readonly test: string }
  | { readonly kind: 'elseif'; readonly test: string }
  | { readonly kind: 'else' }
  | { readonly kind: 'insert' }
  | { readonly kind: 'each'; readonly name: string; readonly of: string };

const forms: readonly [pattern: RegExp, directive: (first: string, second: string) => Directive][] = [
  [/^if\b\s*(.+)$/s, (test) => ({ kind: 'if', test })],
  [/^else\s*if\b\s*(.+)$/s, (test) => ({ kind: 'elseif', test })],
  [/^else$/, () => ({ kind: 'else' })],
  [/^insert$/, () => ({ kind: 'insert' })],
  [/^each\s+([A-Za-z_]\w*)\s+in\s+(.+)$/s, (name, of) => ({ kind: 'each', name, of })],
];

/** `undefined`: an ordinary key, which may be an expression. */
export function directiveOf(key: string): Directive | undefined {
  const source = wholeExpression(key);
  if (source === undefined) return undefined;
  for (const [pattern, directive] of forms) {
    const found = pattern.exec(source);
    if (found) return directive(found[1] ?? '', found[2] ?? '');
  }
  return undefined;
}
