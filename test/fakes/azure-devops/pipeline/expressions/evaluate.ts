import { PipelineError } from '../pipeline-error.ts';
import { type FunctionTable, generalFunctions } from './functions.ts';
import type { Expression } from './parse-expression.ts';
import { asNumber, asText, isArray, isDictionary, lookUp, type Value } from './value.ts';

/** What the names of an expression stand for. */
export interface Scope {
  readonly names: Readonly<Record<string, Value>>;
  readonly functions?: FunctionTable;
  /** Names whose members must be there; with all others a missing one is null. */
  readonly closed?: readonly string[];
}

export function evaluate(expression: Expression, scope: Scope): Value {
  switch (expression.kind) {
    case 'literal':
      return expression.value;
    case 'name':
      return scope.names[expression.name] ?? null;
    case 'each':
      return eachOf(evaluate(expression.of, scope));
    case 'index':
      return indexed(expression, scope);
    case 'call': {
      const called = scope.functions?.[expression.name] ?? generalFunctions[expression.name];
      if (called === undefined) throw new PipelineError(`Unrecognized function: '${expression.name}'`);
      return called.call(...expression.parts.map((part) => evaluate(part, scope)));
    }
  }
}

function eachOf(value: Value): readonly Value[] {
  if (isArray(value)) return value;
  return isDictionary(value) ? [...value.values()] : [];
}

function indexed({ of, key }: Extract<Expression, { kind: 'index' }>, scope: Scope): Value {
  const value = evaluate(of, scope);
  const name = evaluate(key, scope);
  const found = member(value, name, of.kind === 'each');
  if (found === null && of.kind === 'name' && scope.closed?.includes(of.name) && !has(value, name))
    throw new PipelineError(`"${of.name}" has no "${asText(name)}"`);
  return found;
}

function member(value: Value, key: Value, each: boolean): Value {
  if (isArray(value)) {
    if (each) return value.map((item) => member(item, key, false)).filter((item) => item !== null);
    return value[asNumber(key) ?? -1] ?? null;
  }
  return isDictionary(value) ? lookUp(value, asText(key) ?? '') : null;
}

function has(value: Value, key: Value): boolean {
  const lower = asText(key)?.toLowerCase();
  return isDictionary(value) && [...value.keys()].some((name) => name.toLowerCase() === lower);
}
