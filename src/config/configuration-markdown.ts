import type * as z from 'zod/mini';
import { configSchema, serviceConfigSchema } from './config-schema.ts';

type JsonSchema = z.core.JSONSchema.BaseSchema;

const introduction = `# Configuration

Image Builder reads one YAML file: the one named by \`--config\`, else by the environment variable
\`IMAGE_BUILDER_CONFIG\`, else \`image-builder.yaml\` at the root of the checkout, else the one that it comes with. A flag
wins over the environment, the environment over the file, the file over the defaults below.

Unknown keys are refused, and all problems of a file are shown at once. \`image-builder config check\` prints every value
in force with its source; \`image-builder config schema\` prints the JSON Schema, which lets an editor complete the file.

Durations are written as in Go: \`30s\`, \`1h30m\`, \`500ms\`. Relative paths count from the folder of the file.
`;

const serviceIntroduction = `# Configuration of the signing service

\`image-builder signing-service\` reads one YAML file. Unknown keys are refused, and all problems of the file are shown at
once. Durations are written as in Go: \`30s\`, \`1h30m\`. Relative paths count from the folder of the file.
`;

/** The reference of all settings as a Markdown document. */
export function configurationMarkdown(): string {
  const rows = settingRows(configSchema(), '');
  const current = rows.filter(({ schema }) => schema.deprecated !== true).map(printRow);
  const old = rows.filter(({ schema }) => schema.deprecated === true);
  const oldRows = old.map(({ path, schema }) => `| \`${path}\` | ${cell(schema.description ?? '')} |`);
  return [
    introduction,
    '## Settings\n',
    ...tableHead,
    ...current,
    '\n## Keys without effect\n',
    'Configurations written for earlier builders may have these keys. Each is accepted with one warning.\n',
    '| key | why, and what to do |',
    '| --- | --- |',
    ...oldRows,
    '',
  ].join('\n');
}

/** The reference of the file of the signing service as a Markdown document. */
export function serviceConfigurationMarkdown(): string {
  const rows = settingRows(serviceConfigSchema(), '').map(printRow);
  return [serviceIntroduction, ...tableHead, ...rows, ''].join('\n');
}

const tableHead = ['| setting | type | default | meaning |', '| --- | --- | --- | --- |'];

interface SettingRow {
  readonly path: string;
  readonly required: boolean;
  readonly schema: JsonSchema;
  /** The kinds of an entry that have it, where not every kind does. */
  readonly kinds?: readonly string[];
}

function settingRows(section: JsonSchema, prefix: string): readonly SettingRow[] {
  return Object.entries(section.properties ?? {}).flatMap(([key, schema]) => {
    if (typeof schema === 'boolean') return [];
    const path = `${prefix}${key}`;
    const required = section.required?.includes(key) ?? false;
    const inner = structureOf(schema);
    if (inner === undefined) return [{ path, required, schema }];
    const below = `${path}${inner.list ? '[]' : ''}.`;
    return [{ path, required, schema }, ...rowsOfKinds(inner.sections, below)];
  });
}

interface Structure {
  /** Several where an entry can be of several kinds. */
  readonly sections: readonly JsonSchema[];
  readonly list: boolean;
}

/** The mapping that a setting is, or holds a list of. */
function structureOf(schema: JsonSchema): Structure | undefined {
  if (schema.properties !== undefined) return { sections: [schema], list: false };
  const [item] = [schema.items].flat();
  if (typeof item === 'object') {
    const sections = (item.oneOf ?? [item]).filter((kind) => typeof kind === 'object');
    if (sections.some(({ properties }) => properties !== undefined)) return { sections, list: true };
  }
  const options = (schema.anyOf ?? []).filter((option) => typeof option === 'object');
  return options.map(structureOf).find((found) => found !== undefined);
}

/** One row for what several kinds have in common, its words those of all of them. */
function rowsOfKinds(sections: readonly JsonSchema[], prefix: string): readonly SettingRow[] {
  const found = sections.flatMap((section) =>
    settingRows(section, prefix).map((row) => ({ ...row, kind: kindOf(section) })),
  );
  const same = Object.groupBy(found, ({ path, schema }) => `${path} ${schema.description}`);
  return Object.values(same).flatMap((rows = []) => {
    const [first] = rows;
    if (first === undefined) return [];
    const { kind: _, ...row } = first;
    if (rows.length < sections.length) return [{ ...row, kinds: rows.map(({ kind }) => kind) }];
    const words = rows.flatMap(({ schema }) => schema.enum ?? []);
    return words.length === 0 ? [row] : [{ ...row, schema: { ...row.schema, enum: [...new Set(words)] } }];
  });
}

/** The word by which an entry says that it is of this kind. */
function kindOf({ properties = {} }: JsonSchema): string {
  const named = Object.values(properties).find((held) => typeof held === 'object' && held.enum?.length === 1);
  return typeof named === 'object' ? String(named.enum?.[0]) : '';
}

function printRow({ path, required, schema, kinds = [] }: SettingRow): string {
  const empty = Array.isArray(schema.default) && schema.default.length === 0;
  const fallback = schema.default === undefined || empty ? '' : code(schema.default);
  const [example] = schema.examples ?? [];
  const shown = example === undefined ? '' : ` Example: ${code(example)}`;
  const only = kinds.length === 0 ? '' : `${kinds.map(code).join(', ')}: `;
  const meaning = cell(`${only}${schema.description ?? ''}${shown}`);
  return `| \`${path}\` | ${cell(typeOf(schema))} | ${required ? 'required' : cell(fallback)} | ${meaning} |`;
}

function typeOf(schema: JsonSchema): string {
  if (schema.enum !== undefined) return schema.enum.map(code).join(', ');
  if (schema.anyOf !== undefined)
    return schema.anyOf
      .filter((option) => typeof option === 'object')
      .map(typeOf)
      .join(' or ');
  if (schema.oneOf !== undefined) return 'mapping';
  const [item] = [schema.items].flat();
  if (typeof item === 'object') return `list of ${plural(typeOf(item))}`;
  if (schema.type === 'integer') return `${schema.minimum} to ${schema.maximum}`;
  return schema.title ?? (schema.type === 'object' ? 'mapping' : 'text');
}

function plural(kind: string): string {
  if (kind.endsWith('`')) return kind;
  return kind.endsWith('y') ? `${kind.slice(0, -1)}ies` : `${kind}s`;
}

function code(value: unknown): string {
  return `\`${typeof value === 'string' ? value : JSON.stringify(value)}\``;
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|');
}
