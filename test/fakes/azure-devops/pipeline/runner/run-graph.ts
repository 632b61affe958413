import { ancestorsOf } from '../model/dependencies.ts';

interface Named {
  readonly name: string;
  readonly dependsOn: readonly string[];
}

/** What those before came to. */
export interface Before<Result> {
  /** Those that it names in `dependsOn`. */
  readonly direct: ReadonlyMap<string, Result>;
  readonly all: ReadonlyMap<string, Result>;
}

/** Runs each item as soon as all it depends on have ended, and others at the same time. */
export async function runGraph<T extends Named, Result>(
  items: readonly T[],
  runOne: (item: T, before: Before<Result>) => Promise<Result>,
): Promise<ReadonlyMap<string, Result>> {
  const results = new Map<string, Result>();
  const running = new Map<T, Promise<void>>();
  const outcomesOf = (names: readonly string[]) =>
    new Map([...results].filter(([name]) => names.includes(name)));
  const start = (item: T): Promise<void> => {
    const started = running.get(item);
    if (started !== undefined) return started;
    const run = async () => {
      const ancestors = ancestorsOf(item, items);
      await Promise.all(ancestors.map(start));
      const before = {
        direct: outcomesOf(item.dependsOn),
        all: outcomesOf(ancestors.map(({ name }) => name)),
      };
      results.set(item.name, await runOne(item, before));
    };
    const promise = run();
    running.set(item, promise);
    return promise;
  };
  await Promise.all(items.map(start));
  return results;
}
