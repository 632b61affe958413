import { isDictionary, type Value } from '../expressions/value.ts';
import type { YamlNode } from './yaml-node.ts';

/** The variables that template expressions know: those with a value in the file, none of groups or of run time. */
export function declaredVariables(node: YamlNode, outer: Value = null): Value {
  const known = new Map<string, Value>(isDictionary(outer) ? outer : []);
  for (const [name, value] of writtenVariables(node)) if (!value.startsWith('$[')) known.set(name, value);
  return known;
}

function writtenVariables(node: YamlNode): readonly (readonly [string, string])[] {
  if (node.kind === 'mapping')
    return node.pairs.flatMap(({ key, value }) => (value.kind === 'scalar' ? [[key.text, value.text]] : []));
  if (node.kind === 'scalar') return [];
  return node.items.flatMap((item) => {
    const field = (name: string) => {
      const found = item.kind === 'mapping' && item.pairs.find(({ key }) => key.text === name)?.value;
      return found && found.kind === 'scalar' ? found.text : undefined;
    };
    const [name, value] = [field('name'), field('value')];
    return name === undefined || value === undefined ? [] : [[name, value]];
  });
}
