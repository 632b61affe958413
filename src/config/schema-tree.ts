import type * as z from 'zod/mini';
import { type Expectation, expectations, type Obsolete, obsoletes } from './fields.ts';
import { isMapping, type Path } from './yaml-path.ts';

type Schema = z.core.$ZodType;

/** What the program reads about a schema without knowing its place: zod's own closed list of definitions. */
function definition(schema: Schema): z.core.$ZodTypes['_zod']['def'] {
  return (schema as z.core.$ZodTypes)._zod.def;
}

/** The schema and those that it wraps, outermost first: what is optional, has a default, or is read further. */
function layers(schema: Schema): readonly Schema[] {
  const def = definition(schema);
  if (def.type === 'pipe') return [schema, ...layers(def.in)];
  const wraps = def.type === 'optional' || def.type === 'nonoptional' || def.type === 'prefault';
  return wraps ? [schema, ...layers(def.innerType)] : [schema];
}

function core(schema: Schema): z.core.$ZodTypes['_zod']['def'] {
  return definition(layers(schema).at(-1) ?? schema);
}

function below(schema: Schema, part: string | number): readonly Schema[] {
  const def = core(schema);
  if (def.type === 'union') return def.options.flatMap((option) => below(option, part));
  if (def.type === 'array') return typeof part === 'number' ? [def.element] : [];
  if (typeof part === 'number') return [];
  if (def.type === 'record') return [def.valueType];
  if (def.type !== 'object' || !Object.hasOwn(def.shape, part)) return [];
  const found = def.shape[part];
  return found === undefined ? [] : [found];
}

/** The schemas that can stand at `path`; several where a union leaves the choice. */
function schemasAt(root: Schema, path: Path): readonly Schema[] {
  return path.reduce<readonly Schema[]>(
    (found, part) => found.flatMap((schema) => below(schema, part)),
    [root],
  );
}

/** What a value at `path` must be, in words. */
export function expectationAt(root: Schema, path: Path): Expectation | undefined {
  const candidates = schemasAt(root, path).flatMap(layers);
  return candidates
    .map((schema) => expectations.get(schema))
    .find((expectation) => expectation !== undefined);
}

/** What a key of the record at `path` must be. */
export function keyExpectationAt(root: Schema, path: Path): Expectation | undefined {
  for (const schema of schemasAt(root, path)) {
    const def = core(schema);
    if (def.type === 'record') return expectations.get(def.keyType);
  }
  return undefined;
}

/** The keys that the mapping at `path` can have, without those that have no meaning. */
export function keysAt(root: Schema, path: Path): readonly string[] {
  return schemasAt(root, path).flatMap(shapeKeys);
}

function shapeKeys(schema: Schema): readonly string[] {
  const def = core(schema);
  if (def.type === 'union') return def.options.flatMap(shapeKeys);
  if (def.type !== 'object') return [];
  return Object.keys(def.shape).filter((key) => !obsoletes.has(def.shape[key] ?? schema));
}

/** The sections in which a key is known, for people who wrote it into another one. */
export function sectionsWith(root: Schema, key: string, path: Path = []): readonly Path[] {
  const def = core(root);
  if (def.type !== 'object') return [];
  const here = Object.hasOwn(def.shape, key) ? [path] : [];
  const deeper = Object.entries(def.shape).flatMap(([name, schema]) =>
    sectionsWith(schema, key, [...path, name]),
  );
  return [...here, ...deeper];
}

/** The keys of `value` that have no meaning here, with the reason. */
export function obsoleteKeys(
  root: Schema,
  value: unknown,
  path: Path = [],
): readonly { readonly path: Path; readonly obsolete: Obsolete }[] {
  const def = core(root);
  if (def.type !== 'object' || !isMapping(value)) return [];
  return Object.entries(def.shape).flatMap(([key, schema]) => {
    if (!Object.hasOwn(value, key)) return [];
    const obsolete = obsoletes.get(schema);
    const here = [...path, key];
    return obsolete === undefined ? obsoleteKeys(schema, value[key], here) : [{ path: here, obsolete }];
  });
}

/**
 * A valid tree with each default filled in as people would write it. Keys without meaning are left out; keys that are
 * not set are there without a value.
 */
export function withDefaults(schema: Schema, value: unknown): unknown {
  const def = core(schema);
  if (def.type === 'object' && isMapping(value)) {
    const known = Object.entries(def.shape).filter(([, held]) => !obsoletes.has(held));
    return Object.fromEntries(
      known.map(([key, held]) => [key, withDefaults(held, value[key] ?? defaultOf(held))]),
    );
  }
  if (def.type === 'array' && Array.isArray(value))
    return value.map((entry) => withDefaults(def.element, entry));
  if (def.type !== 'union') return value;
  const wanted = Array.isArray(value) ? 'array' : isMapping(value) ? 'object' : undefined;
  const option = def.options.find((candidate) => core(candidate).type === wanted);
  return option === undefined ? value : withDefaults(option, value);
}

function defaultOf(schema: Schema): unknown {
  const def = definition(schema);
  return def.type === 'prefault' ? def.defaultValue : undefined;
}
