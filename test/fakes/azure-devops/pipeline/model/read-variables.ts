import { errorAt } from '../pipeline-error.ts';
import type { YamlNode } from '../template/yaml-node.ts';
import { booleanOf, fieldsOf, hasKey, textOf } from './fields.ts';
import { runtimeExpressionOf } from './grammars.ts';
import type { VariableEntry } from './pipeline.ts';

/** Both ways to write variables: a mapping, or a sequence of variables and groups. */
export function readVariables(node: YamlNode | undefined): readonly VariableEntry[] {
  if (node === undefined) return [];
  if (node.kind === 'mapping') return node.pairs.map(({ key, value }) => variable(key.text, value));
  if (node.kind === 'scalar') throw errorAt(node.at, 'Expected a mapping or a sequence of variables');
  return node.items.map((item) => {
    if (hasKey(item, 'group')) {
      const { group } = fieldsOf(item, ['group']);
      return { kind: 'group', group: group ? textOf(group) : '' };
    }
    const { name, value, readonly } = fieldsOf(item, ['name', 'value', 'readonly']);
    if (name === undefined || value === undefined)
      throw errorAt(item.at, 'A variable needs a name and a value');
    return variable(textOf(name), value, readonly && booleanOf(readonly));
  });
}

function variable(name: string, value: YamlNode, readonly = false): VariableEntry {
  const runtime = runtimeExpressionOf(value);
  return runtime === undefined
    ? { kind: 'text', name, value: textOf(value), readonly }
    : { kind: 'runtime', name, value: runtime };
}
