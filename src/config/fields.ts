import * as z from 'zod/mini';

/** What people read about a setting: it becomes the documentation and the JSON Schema. */
export interface SettingDoc {
  readonly description: string;
  readonly examples?: readonly unknown[];
  readonly deprecated?: boolean;
}

/** What a value must be, in words that follow "expected", and the way out for one that is not. */
export interface Expectation {
  readonly expected: string;
  /** The kind of value in a word or two, for the documentation. */
  readonly title?: string;
  readonly hint?: (untrustedValue: unknown) => string | undefined;
}

/** A key of deployed configurations that has no meaning here. */
export interface Obsolete {
  readonly reason: string;
  /** What to do about it, in words. */
  readonly hint: string;
  /** The key that took its place, when there is one. */
  readonly replacement?: string;
}

/** What `params` of our own zod issues hold. */
export interface Refusal {
  /** The whole message; without one it is made from the expectation. */
  readonly message?: string | undefined;
  readonly hint?: string | undefined;
}

/** A kind of value has a title, a setting the rest. */
export const docs = z.registry<Partial<SettingDoc> & { readonly title?: string }>();
export const expectations = z.registry<Expectation>();
export const obsoletes = z.registry<Obsolete>();

type CamelCase<Key> = Key extends `${infer Head}-${infer Tail}`
  ? `${Head}${Capitalize<CamelCase<Tail>>}`
  : Key;

/** A section of the file as the program sees it: camelCase names, without the keys that have no meaning. */
export type CamelKeys<Section> = {
  [Key in keyof Section as [Section[Key]] extends [undefined] ? never : CamelCase<Key>]: Exclude<
    Section[Key],
    undefined
  >;
};

/** A mapping with exactly these keys, which becomes an object with camelCase keys. */
export function section<Shape extends z.core.$ZodLooseShape>(
  shape: Shape,
  ...checks: z.core.CheckFn<z.output<z.ZodMiniObject<Shape, z.core.$strict>>>[]
) {
  const mapping: z.ZodMiniObject<Shape, z.core.$strict> = z.strictObject(shape);
  const checked = mapping.check(...checks);
  expectations.add(checked, { expected: `a mapping with ${Object.keys(shape).map(quoted).join(', ')}` });
  return z.pipe(
    checked,
    z.transform((value: z.output<typeof mapping>) => camelKeys(value)),
  );
}

function camelKeys<Section extends object>(value: Section): CamelKeys<Section> {
  const pairs = Object.entries(value).filter(([, held]) => held !== undefined);
  const renamed = pairs.map(([key, held]) => [
    key.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase()),
    held,
  ]);
  return Object.fromEntries(renamed);
}

/** A key that may be left out; the program then sees no value. */
export function optional<Schema extends z.core.SomeType>(schema: Schema, doc: SettingDoc) {
  return documented(z.optional(schema), doc);
}

/** A key that must be there. */
export function required<Schema extends z.core.SomeType>(schema: Schema, doc: SettingDoc) {
  return documented(z.nonoptional(schema), doc);
}

/** A key with a default, given as people would write it in the file. */
export function withDefault<Schema extends z.core.SomeType>(
  schema: Schema,
  value: z.core.input<Schema>,
  doc: SettingDoc,
) {
  return documented(z.prefault(schema, value), doc);
}

/** A key that deployed configurations have and that is accepted with a warning, but never used. */
export function obsolete(schema: z.core.$ZodType, why: Obsolete) {
  const dropped = z.optional(
    z.pipe(
      schema,
      z.transform((): undefined => undefined),
    ),
  );
  obsoletes.add(dropped, why);
  const reason = `${why.reason.charAt(0).toUpperCase()}${why.reason.slice(1)}`;
  return documented(dropped, { description: `${reason}: ${why.hint}.`, deprecated: true });
}

function documented<Schema extends z.core.SomeType>(schema: Schema, doc: SettingDoc): Schema {
  docs.add(schema as unknown as z.core.$ZodType, doc);
  return schema;
}

/** Gives a schema the words for its messages. */
export function expecting<Schema extends z.core.$ZodType>(schema: Schema, expectation: Expectation): Schema {
  expectations.add(schema, expectation);
  if (expectation.title !== undefined) docs.add(schema, { title: expectation.title });
  return schema;
}

/** A schema whose valid input is read by `parse` into what the program uses; undefined is a refusal. */
export function parsed<Schema extends z.core.$ZodType, Output>(
  schema: Schema,
  parse: (value: z.core.output<Schema>) => Output | undefined,
  expectation: Expectation,
) {
  const read = z.transform((value: z.core.output<Schema>, context): Output => {
    const result = parse(value);
    if (result !== undefined) return result;
    refuse(context, {});
    return z.NEVER;
  });
  return expecting(z.pipe(schema, read), expectation);
}

/** Adds one of our own refusals to a value, or to what is at `path` below it. */
export function refuse(
  context: z.core.ParsePayload,
  refusal: Refusal,
  path: readonly (string | number)[] = [],
): void {
  const { message, hint } = refusal;
  context.issues.push({ code: 'custom', input: context.value, path: [...path], params: { message, hint } });
}

/** One value or a list of them, as deployed configurations write registries; always a list for the program. */
export function oneOrMore<Input, Output>(schema: z.core.$ZodType<Output, Input>, expected: string) {
  const either: z.core.$ZodType<Output | Output[], Input | Input[]> = z.union([schema, z.array(schema)]);
  return z.pipe(
    expecting(either, { expected }),
    z.transform((value: Output | Output[]): Output[] => (Array.isArray(value) ? value : [value])),
  );
}

/** A list of plain values, none of them twice; `expected` says in words what it is a list of. */
export function listOf<Schema extends z.core.$ZodType<string>>(entry: Schema, expected: string) {
  return expecting(z.array(entry).check(distinct<z.output<Schema>>((name) => name)), { expected });
}

/** A check that no two entries of a list are the same under `name`. */
export function distinct<Entry>(name: (entry: Entry) => string): z.core.CheckFn<Entry[]> {
  return (context) => {
    const seen = new Set<string>();
    for (const [index, entry] of context.value.entries()) {
      const text = name(entry);
      if (seen.has(text)) refuse(context, { message: `${quoted(text)} is given twice` }, [index]);
      seen.add(text);
    }
  };
}

export function quoted(text: string): string {
  return JSON.stringify(text);
}
