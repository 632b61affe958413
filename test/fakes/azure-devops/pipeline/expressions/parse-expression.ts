import { PipelineError } from '../pipeline-error.ts';
import { type FunctionTable, generalFunctions } from './functions.ts';
import { syntaxError, type Token, tokensOf } from './tokens.ts';
import type { Value } from './value.ts';

export type Expression =
  | { readonly kind: 'literal'; readonly value: Value }
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'index'; readonly of: Expression; readonly key: Expression }
  | { readonly kind: 'each'; readonly of: Expression }
  | { readonly kind: 'call'; readonly name: string; readonly parts: readonly Expression[] };

/** What may stand in an expression at its place; anything else is refused when the file is read. */
export interface Grammar {
  readonly names: readonly string[];
  /** Beside those that may stand everywhere. */
  readonly functions?: FunctionTable;
}

/** Reads an expression without evaluating it. */
export function parseExpression(source: string, grammar: Grammar): Expression {
  const functions = { ...generalFunctions, ...grammar.functions };
  const parser = new Parser(source, { ...grammar, functions });
  return parser.whole();
}

class Parser {
  readonly #source: string;
  readonly #grammar: Required<Grammar>;
  readonly #tokens: readonly Token[];
  #next = 0;

  constructor(source: string, grammar: Required<Grammar>) {
    this.#source = source;
    this.#grammar = grammar;
    this.#tokens = tokensOf(source);
  }

  whole(): Expression {
    if (this.#peek().kind === 'end') throw new PipelineError('An expression is expected');
    const expression = this.#expression();
    if (this.#peek().kind !== 'end') throw this.#unexpected();
    return expression;
  }

  #expression(): Expression {
    const token = this.#take();
    if (token.kind === 'text') return this.#members({ kind: 'literal', value: token.text });
    if (token.kind === 'number') return { kind: 'literal', value: token.number };
    if (token.kind !== 'name') throw this.#unexpected(token);
    if (this.#takes('(')) return this.#members(this.#call(token.name, token.at));
    const lower = token.name.toLowerCase();
    if (lower === 'true' || lower === 'false') return { kind: 'literal', value: lower === 'true' };
    const known = this.#grammar.names.find((name) => name.toLowerCase() === lower);
    if (known === undefined) throw this.#unrecognized('value', token.name, token.at);
    return this.#members({ kind: 'name', name: known });
  }

  #members(of: Expression): Expression {
    if (this.#takes('.')) {
      if (this.#takes('*')) return this.#members({ kind: 'each', of });
      const token = this.#take();
      if (token.kind !== 'name') throw this.#unexpected(token);
      return this.#members({ kind: 'index', of, key: { kind: 'literal', value: token.name } });
    }
    if (!this.#takes('[')) return of;
    if (this.#takes('*')) {
      this.#expect(']');
      return this.#members({ kind: 'each', of });
    }
    const key = this.#expression();
    this.#expect(']');
    return this.#members({ kind: 'index', of, key });
  }

  #call(name: string, at: number): Expression {
    const known = Object.entries(this.#grammar.functions).find(
      ([key]) => key.toLowerCase() === name.toLowerCase(),
    );
    if (known === undefined) throw this.#unrecognized('function', name, at);
    const parts: Expression[] = [];
    if (!this.#takes(')')) {
      do parts.push(this.#expression());
      while (this.#takes(','));
      this.#expect(')');
    }
    const [key, { min, max }] = known;
    if (parts.length < min || parts.length > max) {
      const few = parts.length < min ? 'few' : 'many';
      throw syntaxError(this.#source, at, name, `number of parameters (too ${few}) of function`);
    }
    return { kind: 'call', name: key, parts };
  }

  #peek(): Token {
    return this.#tokens[this.#next] ?? { kind: 'end', at: this.#source.length };
  }

  #take(): Token {
    const token = this.#peek();
    this.#next++;
    return token;
  }

  #takes(mark: string): boolean {
    const token = this.#peek();
    if (token.kind !== 'mark' || token.mark !== mark) return false;
    this.#next++;
    return true;
  }

  #expect(mark: string): void {
    if (!this.#takes(mark)) throw this.#unexpected();
  }

  #unexpected(token = this.#peek()): PipelineError {
    return syntaxError(this.#source, token.at, this.#source.slice(token.at).split(/\s/)[0] ?? '');
  }

  #unrecognized(kind: 'value' | 'function', name: string, at: number): PipelineError {
    return new PipelineError(
      `Unrecognized ${kind}: '${name}'. Located at position ${at + 1} within expression: ${this.#source}. ` +
        'For more help, refer to https://go.microsoft.com/fwlink/?linkid=842996',
    );
  }
}
