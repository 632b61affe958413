import { PipelineError } from '../pipeline-error.ts';

interface Named {
  readonly name: string;
  readonly dependsOn: readonly string[];
}

/** Checks that names are unique, and that dependencies exist and run in no circle. */
export function dependenciesOf<T extends Named>(items: readonly T[], what: 'Stage' | 'Job'): readonly T[] {
  const byName = new Map<string, T>();
  for (const item of items) {
    if (!/^[A-Za-z_]\w*$/.test(item.name))
      throw new PipelineError(`${what} name ${item.name} is not valid: letters, digits and underscores only`);
    if (byName.has(item.name)) throw new PipelineError(`${what} ${item.name} appears more than once`);
    byName.set(item.name, item);
  }
  for (const item of items)
    for (const name of item.dependsOn)
      if (!byName.has(name))
        throw new PipelineError(`${what} ${item.name} depends on unknown ${what.toLowerCase()} ${name}.`);
  if (items.length > 0 && !items.some((item) => item.dependsOn.length === 0))
    throw new PipelineError(
      `The pipeline must contain at least one ${what.toLowerCase()} with no dependencies.`,
    );
  for (const item of items)
    if (ancestorsOf(item, items).includes(item))
      throw new PipelineError(`${what} ${item.name} depends on itself.`);
  return items;
}

/** All that an item depends on, directly or not. */
export function ancestorsOf<T extends Named>(item: T, items: readonly T[]): readonly T[] {
  const found = new Set<T>();
  const visit = (names: readonly string[]) => {
    for (const other of items) {
      if (!names.includes(other.name) || found.has(other)) continue;
      found.add(other);
      visit(other.dependsOn);
    }
  };
  visit(item.dependsOn);
  return [...found];
}
