import type { YamlDocument } from './yaml-document.ts';
import { isMapping, type Path, printPath, startsWith, valueAt } from './yaml-path.ts';

/** A setting from outside the file. Flags win over the environment, and both over the file. */
export interface Override {
  readonly kind: 'environment' | 'flag';
  /** For people: `--registry`, `IMAGE_BUILDER_…`. */
  readonly name: string;
  /** The keys of the file that lead to the setting. */
  readonly path: readonly string[];
  /** As the file would have it. */
  readonly value: unknown;
}

/** Who decided a setting. `detail` is `file:line` for a file and the name for a flag or a variable. */
interface Origin {
  readonly kind: 'default' | 'file' | 'environment' | 'flag';
  readonly detail: string;
}

/** One setting as it is in force, in the words of the file; `value` is undefined when it is not set. */
export interface EffectiveSetting {
  readonly path: string;
  readonly value: unknown;
  readonly origin: Origin;
}

/** The overrides in the order in which they apply: the last one wins. */
export function byPrecedence(overrides: readonly Override[]): readonly Override[] {
  return [
    ...overrides.filter(({ kind }) => kind === 'environment'),
    ...overrides.filter(({ kind }) => kind === 'flag'),
  ];
}

/** The tree with the overrides laid over it in their order; the tree itself stays as it is. */
export function applyOverrides(tree: unknown, overrides: readonly Override[]): unknown {
  return overrides.reduce((result, { path, value }) => replaced(result, path, value), tree);
}

function replaced(tree: unknown, path: readonly string[], value: unknown): unknown {
  const [key, ...rest] = path;
  if (key === undefined) return value;
  const mapping = isMapping(tree) ? tree : {};
  return { ...mapping, [key]: replaced(mapping[key], rest, value) };
}

/** Every single setting of a tree that has all defaults, with who decided it. */
export function effectiveSettings(
  tree: unknown,
  document: YamlDocument,
  overrides: readonly Override[],
): readonly EffectiveSetting[] {
  return leaves(tree, []).map(({ path, value }) => ({
    path: printPath(path),
    value,
    origin: originOf(path, document, overrides),
  }));
}

function originOf(path: Path, document: YamlDocument, overrides: readonly Override[]): Origin {
  const override = overrides.findLast((candidate) => startsWith(path, candidate.path));
  if (override !== undefined) return { kind: override.kind, detail: override.name };
  if (valueAt(document.tree, path) === undefined) return { kind: 'default', detail: 'default' };
  return { kind: 'file', detail: `${document.source}:${document.locate(path, 'key').line}` };
}

interface Leaf {
  readonly path: Path;
  readonly value: unknown;
}

/** Lists of plain values are one setting; mappings, and lists of mappings, are as many as they hold. */
function leaves(value: unknown, path: Path): readonly Leaf[] {
  if (isMapping(value) && Object.keys(value).length > 0) {
    return Object.entries(value).flatMap(([key, held]) => leaves(held, [...path, key]));
  }
  if (Array.isArray(value) && value.some(isMapping)) {
    return value.flatMap((held, index) => leaves(held, [...path, index]));
  }
  return [{ path, value }];
}
