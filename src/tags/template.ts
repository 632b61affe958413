import type { CallName, FactName } from './template-language.ts';

/** What an expression of a template can be worth. */
export type Value = string | number | boolean;

/** A pipeline is kept as the nested calls that it means: `a | f x` is `f x a`. Positions are 1-based. */
export type Expression =
  | { readonly kind: 'literal'; readonly value: Value }
  | { readonly kind: 'fact'; readonly name: FactName; readonly position: number }
  | {
      readonly kind: 'call';
      readonly name: CallName;
      readonly arguments: readonly Expression[];
      readonly position: number;
    };

/** One arm of an `if`, `else if` chain. */
export interface Branch {
  readonly condition: Expression;
  readonly body: readonly TemplateNode[];
}

export type TemplateNode =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'output'; readonly expression: Expression }
  | {
      readonly kind: 'if';
      readonly branches: readonly Branch[];
      readonly otherwise: readonly TemplateNode[];
    };

/** A template whose syntax and names are known to be right; `text` is its source. */
export interface Template {
  readonly text: string;
  readonly nodes: readonly TemplateNode[];
}
