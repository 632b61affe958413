import { evaluate } from '../expressions/evaluate.ts';
import { parseExpression } from '../expressions/parse-expression.ts';
import { asBoolean, asText, isArray, isDictionary, type Value } from '../expressions/value.ts';
import { errorAt, PipelineError, type Position } from '../pipeline-error.ts';
import { type Directive, directiveOf } from './directive.ts';
import { templateParts, wholeExpression } from './template-text.ts';
import { declaredVariables } from './template-variables.ts';
import type { MappingNode, MappingPair, ScalarNode, SequenceNode, YamlNode } from './yaml-node.ts';

/** What template expressions know: `parameters`, `variables`, and the names of the loops around them. */
export type TemplateNames = Readonly<Record<string, Value>>;

/** Replaces all `${{ }}`. What remains has no expression of the template engine, and no key twice. */
export function expandTemplate(node: YamlNode, names: TemplateNames): YamlNode {
  if (node.kind === 'scalar') return expandScalar(node, names);
  return node.kind === 'sequence' ? expandSequence(node, names) : expandMapping(node, names);
}

function expandScalar(node: ScalarNode, names: TemplateNames): YamlNode {
  const source = wholeExpression(node.text);
  if (source !== undefined) return nodeOfValue(evaluated(source, names, node.at), node.at);
  return { ...node, text: expandText(node, names) };
}

function expandText({ text, at }: ScalarNode, names: TemplateNames): string {
  if (!text.includes('${{')) return text;
  const parts = templateParts(text).map((part) => {
    if (part.kind === 'text') return part.text;
    const inserted = asText(evaluated(part.source, names, at));
    if (inserted === undefined)
      throw errorAt(at, `Unable to convert the value of "${part.source}" to String`);
    return inserted;
  });
  return parts.join('');
}

function expandSequence(node: SequenceNode, names: TemplateNames): SequenceNode {
  const branch = new Branch(names);
  const items = node.items.flatMap((item) => {
    const [pair, ...others] = item.kind === 'mapping' ? item.pairs : [];
    const directive = pair && directiveOf(pair.key.text);
    if (pair === undefined || directive === undefined) {
      branch.end();
      return listOf(item, expandTemplate(item, names));
    }
    if (others.length > 0) throw errorAt(item.at, `Nothing may stand beside "${pair.key.text}" in an item`);
    return branch.scopesOf(directive, pair.key.at).flatMap((scope) => {
      const inserted = directive.kind === 'insert' ? undefined : expandTemplate(pair.value, scope);
      if (inserted?.kind !== 'sequence') throw errorAt(pair.key.at, 'Expected a sequence');
      return inserted.items;
    });
  });
  return { ...node, items };
}

/** A sequence that an expression puts into a sequence becomes part of it. */
function listOf(written: YamlNode, expanded: YamlNode): readonly YamlNode[] {
  return written.kind === 'scalar' && expanded.kind === 'sequence' ? expanded.items : [expanded];
}

function expandMapping(node: MappingNode, names: TemplateNames): MappingNode {
  const { variables, known } = variablesOf(node, names);
  const branch = new Branch(known);
  const pairs = node.pairs.flatMap((pair): readonly MappingPair[] => {
    const directive = directiveOf(pair.key.text);
    if (directive !== undefined)
      return branch.scopesOf(directive, pair.key.at).flatMap((scope) => insertedPairs(pair, scope));
    branch.end();
    const key = { ...pair.key, text: expandText(pair.key, known) };
    return [{ key, value: pair === variables?.from ? variables.to : expandTemplate(pair.value, known) }];
  });
  refuseTwice(pairs);
  return { ...node, pairs };
}

/** The variables of a pipeline, a stage or a job are known to the expressions beside and below them. */
function variablesOf(node: MappingNode, names: TemplateNames) {
  const from = node.pairs.find(({ key }) => key.text === 'variables');
  if (from === undefined) return { known: names };
  const to = expandTemplate(from.value, names);
  return { variables: { from, to }, known: { ...names, variables: declaredVariables(to, names.variables) } };
}

function insertedPairs(pair: MappingPair, names: TemplateNames): readonly MappingPair[] {
  const inserted = expandTemplate(pair.value, names);
  if (inserted.kind === 'mapping') return inserted.pairs;
  if (inserted.kind === 'scalar' && inserted.text === '') return [];
  throw errorAt(pair.key.at, 'Expected a mapping');
}

function refuseTwice(pairs: readonly MappingPair[]): void {
  const seen = new Set<string>();
  for (const { key } of pairs) {
    if (seen.has(key.text)) throw errorAt(key.at, `'${key.text}' is already defined`);
    seen.add(key.text);
  }
}

/** Follows `if`, `elseif` and `else`, which belong together as long as nothing stands between them. */
class Branch {
  readonly #names: TemplateNames;
  #taken: boolean | undefined;

  constructor(names: TemplateNames) {
    this.#names = names;
  }

  end(): void {
    this.#taken = undefined;
  }

  /** The names for each time that the value below the directive is to be inserted. */
  scopesOf(directive: Directive, at: Position): readonly TemplateNames[] {
    if (directive.kind === 'each') return this.#loop(directive, at);
    if (directive.kind === 'insert') {
      this.end();
      return [this.#names];
    }
    if (directive.kind === 'if') this.#taken = false;
    else if (this.#taken === undefined) throw errorAt(at, `"${directive.kind}" has no "if" before it`);
    const test = directive.kind === 'else' || asBoolean(evaluated(directive.test, this.#names, at));
    const holds = !this.#taken && test;
    this.#taken ||= holds;
    if (directive.kind === 'else') this.end();
    return holds ? [this.#names] : [];
  }

  #loop({ name, of }: Extract<Directive, { kind: 'each' }>, at: Position): readonly TemplateNames[] {
    this.end();
    const value = evaluated(of, this.#names, at);
    if (isArray(value)) return value.map((item) => ({ ...this.#names, [name]: item }));
    if (!isDictionary(value))
      throw errorAt(at, `"each" needs a sequence or a mapping, and "${of}" is neither`);
    return [...value].map(([key, item]) => ({
      ...this.#names,
      [name]: new Map<string, Value>([
        ['key', key],
        ['value', item],
      ]),
    }));
  }
}

function evaluated(source: string, names: TemplateNames, at: Position): Value {
  try {
    const expression = parseExpression(source, { names: Object.keys(names) });
    return evaluate(expression, { names, closed: ['parameters'] });
  } catch (error) {
    throw error instanceof PipelineError ? errorAt(at, error.message) : error;
  }
}

function nodeOfValue(value: Value, at: Position): YamlNode {
  if (isArray(value)) return { kind: 'sequence', at, items: value.map((item) => nodeOfValue(item, at)) };
  if (!isDictionary(value)) return { kind: 'scalar', at, text: asText(value) ?? '' };
  const pairs = [...value].map(([key, item]) => ({
    key: { kind: 'scalar' as const, at, text: key },
    value: nodeOfValue(item, at),
  }));
  return { kind: 'mapping', at, pairs };
}
