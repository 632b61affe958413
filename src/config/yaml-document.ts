import {
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  parseDocument,
  visit,
  type YAMLError,
} from 'yaml';
import { type Problem, reasonOf } from '../core/index.ts';
import { isMapping, type Path } from './yaml-path.ts';

/** 1-based. */
interface Position {
  readonly line: number;
  readonly column: number;
}

/** A configuration text as a tree of plain values, which knows where each of them was written. */
export interface YamlDocument {
  /** The name of the file, for problems and origins. */
  readonly source: string;
  readonly tree: Readonly<Record<string, unknown>>;
  /** The position of a value, or of its key; of the nearest mapping or list around it when it is not there. */
  readonly locate: (path: Path, part: 'key' | 'value') => Position;
}

export type ParsedYaml =
  /** The problems are those that leave the tree readable: keys given twice. */
  | { readonly kind: 'parsed'; readonly document: YamlDocument; readonly problems: readonly Problem[] }
  | { readonly kind: 'refused'; readonly problems: readonly Problem[] };

/** More than any configuration needs; the count of values that aliases may expand to is bounded as well. */
const maxAliases = 100;
const maxNodes = 20_000;
/** More than a person works through; a damaged file may have one on each line. */
export const maxProblems = 100;
const maxMessageLength = 200;
const words: Readonly<Record<string, { readonly message: string; readonly hint?: string }>> = {
  RESOURCE_EXHAUSTION: { message: 'the document is nested too deeply' },
  TAB_AS_INDENT: { message: 'a tab is used as indentation', hint: 'indent with spaces' },
  MULTIPLE_DOCS: {
    message: 'the file holds more than one YAML document',
    hint: 'remove the "---" line and what follows',
  },
  NON_STRING_KEY: { message: 'a key is not plain text', hint: 'put quotes around the key' },
};

/** Reads one YAML 1.2 document whose root is a mapping; an empty text is an empty mapping. Never throws. */
export function parseYaml(text: string, source: string): ParsedYaml {
  try {
    return readDocument(text, source);
  } catch (error) {
    return { kind: 'refused', problems: [{ source, ...wordsForThrown(error) }] };
  }
}

function wordsForThrown(error: unknown): { message: string; hint?: string } {
  if (error instanceof RangeError) return { message: 'the document is nested too deeply' };
  if (!(error instanceof ReferenceError))
    return { message: `the document is not readable: ${reasonOf(error)}` };
  const message = 'aliases stand for too many values or for nothing';
  return { message, hint: 'write the values out' };
}

function readDocument(text: string, source: string): ParsedYaml {
  const lines = new LineCounter();
  const parsed = parseDocument(text, {
    lineCounter: lines,
    prettyErrors: false,
    stringKeys: true,
    // The library compares each key with each other one; keyProblems needs one pass.
    uniqueKeys: false,
    resolveKnownTags: false,
  });
  const at: At = (offset) => positionOf(lines, offset);
  const syntax = worstFirst(parsed).map((error) => syntaxProblem(error, source, at));
  const refused = syntax.length > 0 ? syntax : abuses(parsed, source, at);
  if (refused.length > 0) return { kind: 'refused', problems: refused };
  const tree: unknown = parsed.toJS({ maxAliasCount: maxAliases }) ?? {};
  if (!isMapping(tree)) {
    const start = at(parsed.contents?.range?.[0] ?? 0);
    const kind = Array.isArray(tree) ? 'a list' : 'a single value';
    const message = `expected a mapping of settings, got ${kind}`;
    return { kind: 'refused', problems: [{ source, ...start, message, hint: 'write "name: value" lines' }] };
  }
  return {
    kind: 'parsed',
    document: { source, tree, locate: (path, part) => at(offsetOf(parsed, path, part)) },
    problems: repeatedKeys(parsed, source, at),
  };
}

function positionOf(lines: LineCounter, offset: number): Position {
  const { line, col } = lines.linePos(offset);
  return { line: Math.max(line, 1), column: Math.max(col, 1) };
}

/** What made the parser give up hides everything after it; otherwise all that it found. */
function worstFirst({ errors, warnings }: Document): readonly YAMLError[] {
  const fatal = errors.find(({ code }) => code === 'RESOURCE_EXHAUSTION');
  return fatal === undefined ? [...errors, ...warnings].slice(0, maxProblems) : [fatal];
}

function syntaxProblem(error: YAMLError, source: string, at: At): Problem {
  const known = words[error.code];
  const own = error.message.slice(0, maxMessageLength);
  const message = known?.message ?? `${own.charAt(0).toLowerCase()}${own.slice(1)}`;
  const hint = known?.hint === undefined ? {} : { hint: known.hint };
  return { source, ...at(error.pos[0]), message, ...hint };
}

type At = (offset: number) => Position;

/** What no configuration needs: keys that would reach an object's prototype, and masses of values or aliases. */
function abuses(parsed: Document, source: string, at: At): readonly Problem[] {
  const problems: Problem[] = [];
  let nodes = 0;
  let aliases = 0;
  visit(parsed, {
    Node: () => {
      nodes++;
    },
    Alias: () => {
      aliases++;
    },
    Pair: (_, { key }) => {
      if (!isScalar(key) || key.value !== '__proto__') return;
      problems.push({ source, ...at(startOf(key) ?? 0), message: 'key "__proto__" is not allowed' });
    },
  });
  if (nodes > maxNodes)
    problems.push({ source, message: `expected at most ${maxNodes} values, got ${nodes}` });
  if (aliases > maxAliases) {
    problems.push({ source, message: `expected at most ${maxAliases} aliases, got ${aliases}` });
  }
  return problems.slice(0, maxProblems);
}

function repeatedKeys(parsed: Document, source: string, at: At): readonly Problem[] {
  const problems: Problem[] = [];
  visit(parsed, {
    Map: (_, map) => {
      const lines = new Map<unknown, number>();
      for (const { key } of map.items) {
        if (!isScalar(key)) continue;
        const position = at(startOf(key) ?? 0);
        const first = lines.get(key.value);
        lines.set(key.value, first ?? position.line);
        if (first === undefined) continue;
        const message = `key ${JSON.stringify(key.value)} is given twice`;
        problems.push({ source, ...position, message, hint: `it stands on line ${first} already` });
      }
    },
  });
  return problems.slice(0, maxProblems);
}

function offsetOf(parsed: Document, path: Path, part: 'key' | 'value'): number {
  let node: unknown = parsed.contents;
  let keyOffset = 0;
  let valueOffset = parsed.contents?.range?.[0] ?? 0;
  for (const step of path) {
    if (isAlias(node)) node = node.resolve(parsed);
    const pair = isMap(node) ? node.items.find(({ key }) => isScalar(key) && key.value === step) : undefined;
    const next: unknown = isSeq(node) && typeof step === 'number' ? node.items[step] : pair?.value;
    if (pair === undefined && next === undefined) return keyOffset;
    valueOffset = startOf(next) ?? startOf(pair?.key) ?? valueOffset;
    keyOffset = startOf(pair?.key) ?? valueOffset;
    node = next;
  }
  return part === 'key' ? keyOffset : valueOffset;
}

function startOf(node: unknown): number | undefined {
  if (isScalar(node) || isMap(node) || isSeq(node) || isAlias(node)) return node.range?.[0];
  return undefined;
}
