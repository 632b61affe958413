import { errorAt } from '../pipeline-error.ts';
import type { MappingNode, YamlNode } from '../template/yaml-node.ts';

export type Fields<Key extends string> = { readonly [key in Key]?: YamlNode };

/** The values of a mapping that has these keys and no others. */
export function fieldsOf<const Key extends string>(node: YamlNode, keys: readonly Key[]): Fields<Key> {
  if (node.kind !== 'mapping') throw errorAt(node.at, 'Expected a mapping');
  const fields: { [key in Key]?: YamlNode } = {};
  for (const { key, value } of node.pairs) {
    const known = keys.find((name) => name === key.text);
    if (known === undefined) throw errorAt(key.at, `Unexpected value '${key.text}'`);
    fields[known] = value;
  }
  return fields;
}

export function hasKey(node: YamlNode, name: string): node is MappingNode {
  return node.kind === 'mapping' && node.pairs.some(({ key }) => key.text === name);
}

export function textOf(node: YamlNode): string {
  if (node.kind !== 'scalar') throw errorAt(node.at, 'Expected a scalar value');
  return node.text;
}

export function itemsOf(node: YamlNode): readonly YamlNode[] {
  if (node.kind !== 'sequence') throw errorAt(node.at, 'Expected a sequence');
  return node.items;
}

/** One text, or a sequence of them. */
export function textsOf(node: YamlNode): readonly string[] {
  return node.kind === 'scalar' ? [node.text] : itemsOf(node).map(textOf);
}

export function numberOf(node: YamlNode): number {
  const text = textOf(node);
  if (!/^\d+$/.test(text)) throw errorAt(node.at, `Expected a whole number, got '${text}'`);
  return Number(text);
}

export function booleanOf(node: YamlNode): boolean {
  const text = textOf(node).toLowerCase();
  if (text !== 'true' && text !== 'false') throw errorAt(node.at, `Expected a boolean, got '${text}'`);
  return text === 'true';
}
