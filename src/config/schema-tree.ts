import type * as z from 'zod/mini';
import { type Expectation, expectations, type Obsolete, obsoletes } from './fields.ts';
import { isMapping, type Path, valueAt } from './yaml-path.ts';

type Schema = z.core.$ZodType;

/** What was checked: faults are told in the words that the schema holds. */
export interface Checked {
  readonly schema: Schema;
  readonly tree: unknown;
}

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

/** The options of a union that can be meant: the one that the value names, where it names one. */
function optionsFor(union: Schema, value: unknown): readonly Schema[] {
  const def = core(union);
  if (def.type !== 'union') return [];
  const { discriminator } = def as Partial<z.core.$ZodDiscriminatedUnionDef>;
  if (discriminator === undefined || !isMapping(value)) return def.options;
  const name = value[discriminator] as z.core.util.Primitive;
  const named = def.options.filter(({ _zod }) => _zod.propValues?.[discriminator]?.has(name));
  return named.length === 0 ? def.options : named;
}

/** A schema, and the value that stands at its place in a tree. */
interface Place {
  readonly schema: Schema;
  readonly value: unknown;
}

function below({ schema, value }: Place, part: string | number): readonly Place[] {
  const def = core(schema);
  if (def.type === 'union')
    return optionsFor(schema, value).flatMap((option) => below({ schema: option, value }, part));
  const held = valueAt(value, [part]);
  if (def.type === 'array') return typeof part === 'number' ? [{ schema: def.element, value: held }] : [];
  if (typeof part === 'number') return [];
  if (def.type === 'record') return [{ schema: def.valueType, value: held }];
  if (def.type !== 'object' || !Object.hasOwn(def.shape, part)) return [];
  const found = def.shape[part];
  return found === undefined ? [] : [{ schema: found, value: held }];
}

/** The schemas that can stand at `path`; several where a union leaves the choice. */
function schemasAt({ schema, tree }: Checked, path: Path): readonly Place[] {
  return path.reduce<readonly Place[]>(
    (found, part) => found.flatMap((place) => below(place, part)),
    [{ schema, value: tree }],
  );
}

/** What a value at `path` must be, in words. */
export function expectationAt(checked: Checked, path: Path): Expectation | undefined {
  const candidates = schemasAt(checked, path).flatMap(({ schema }) => layers(schema));
  return candidates
    .map((schema) => expectations.get(schema))
    .find((expectation) => expectation !== undefined);
}

/** What a key of the record at `path` must be. */
export function keyExpectationAt(checked: Checked, path: Path): Expectation | undefined {
  for (const { schema } of schemasAt(checked, path)) {
    const def = core(schema);
    if (def.type === 'record') return expectations.get(def.keyType);
  }
  return undefined;
}

/** The keys that the mapping at `path` can have, without those that have no meaning. */
export function keysAt(checked: Checked, path: Path): readonly string[] {
  return [...new Set(schemasAt(checked, path).flatMap(shapeKeys))];
}

function shapeKeys({ schema, value }: Place): readonly string[] {
  const def = core(schema);
  if (def.type === 'union')
    return optionsFor(schema, value).flatMap((option) => shapeKeys({ schema: option, value }));
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
  const option = optionsFor(schema, value).find((candidate) => core(candidate).type === wanted);
  return option === undefined ? value : withDefaults(option, value);
}

function defaultOf(schema: Schema): unknown {
  const def = definition(schema);
  return def.type === 'prefault' ? def.defaultValue : undefined;
}
