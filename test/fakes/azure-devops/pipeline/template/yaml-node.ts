import { isAlias, isMap, isScalar, isSeq, LineCounter, type Node, parseDocument, stringify } from 'yaml';
import { errorAt, PipelineError, type Position } from '../pipeline-error.ts';

/** A part of the file. Every scalar is the text that was written: what it means depends on where it stands. */
export type YamlNode = ScalarNode | SequenceNode | MappingNode;

export interface ScalarNode {
  readonly kind: 'scalar';
  readonly at: Position;
  readonly text: string;
}

export interface SequenceNode {
  readonly kind: 'sequence';
  readonly at: Position;
  readonly items: readonly YamlNode[];
}

export interface MappingNode {
  readonly kind: 'mapping';
  readonly at: Position;
  /** Keys can come twice as long as they are template expressions. */
  readonly pairs: readonly MappingPair[];
}

export interface MappingPair {
  readonly key: ScalarNode;
  readonly value: YamlNode;
}

/** Reads YAML as the service does: no anchors, no tags, no second document. */
export function parseYaml(text: string): YamlNode {
  const lines = new LineCounter();
  const document = parseDocument(text, { schema: 'failsafe', uniqueKeys: false, lineCounter: lines });
  const [problem] = [...document.errors, ...document.warnings];
  if (problem !== undefined)
    throw errorAt(positionOf(problem.pos[0], lines), problem.message.split('\n')[0] ?? '');
  if (document.contents === null) throw new PipelineError('The pipeline file is empty');
  return nodeOf(document.contents, lines);
}

function nodeOf(node: unknown, lines: LineCounter): YamlNode {
  const at = positionOf((node as Node | null)?.range?.[0] ?? 0, lines);
  const { anchor } = (node ?? {}) as { readonly anchor?: string };
  if (isAlias(node) || anchor !== undefined)
    throw errorAt(at, `Anchors are not currently supported. Remove the anchor '${anchor ?? '*'}'`);
  if (isMap(node)) {
    const pairs = node.items.map(({ key, value }) => {
      const name = nodeOf(key, lines);
      if (name.kind !== 'scalar') throw errorAt(name.at, 'Expected a scalar value as key');
      return { key: name, value: value === null ? emptyAfter(name) : nodeOf(value, lines) };
    });
    return { kind: 'mapping', at, pairs };
  }
  if (isSeq(node)) return { kind: 'sequence', at, items: node.items.map((item) => nodeOf(item, lines)) };
  return { kind: 'scalar', at, text: isScalar(node) ? String(node.value ?? '') : '' };
}

function emptyAfter(key: ScalarNode): ScalarNode {
  return { kind: 'scalar', at: key.at, text: '' };
}

function positionOf(offset: number, lines: LineCounter): Position {
  const { line, col } = lines.linePos(offset);
  return { line, column: col };
}

/** Prints what was read, or made of it. */
export function printYaml(node: YamlNode): string {
  return stringify(plain(node), { lineWidth: 0, schema: 'core' });
}

function plain(node: YamlNode): unknown {
  if (node.kind === 'scalar') return node.text;
  if (node.kind === 'sequence') return node.items.map(plain);
  return Object.fromEntries(node.pairs.map(({ key, value }) => [key.text, plain(value)]));
}
