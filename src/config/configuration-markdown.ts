import type * as z from 'zod/mini';
import { configSchema } from './config-schema.ts';

type JsonSchema = z.core.JSONSchema.BaseSchema;

const introduction = `# Configuration

Image Builder reads one YAML file: the one named by \`--config\`, else by the environment variable
\`IMAGE_BUILDER_CONFIG\`, else \`image-builder.yaml\` at the root of the checkout, else the one that it comes with. A flag
wins over the environment, the environment over the file, the file over the defaults below.

Unknown keys are refused, and all problems of a file are shown at once. \`image-builder config check\` prints every value
in force with its source; \`image-builder config schema\` prints the JSON Schema, which lets an editor complete the file.

Durations are written as in Go: \`30s\`, \`1h30m\`, \`500ms\`.
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
    '| setting | type | default | meaning |',
    '| --- | --- | --- | --- |',
    ...current,
    '\n## Keys without effect\n',
    'Configurations written for earlier builders may have these keys. Each is accepted with one warning.\n',
    '| key | why, and what to do |',
    '| --- | --- |',
    ...oldRows,
    '',
  ].join('\n');
}

interface SettingRow {
  readonly path: string;
  readonly required: boolean;
  readonly schema: JsonSchema;
}

function settingRows(section: JsonSchema, prefix: string): readonly SettingRow[] {
  return Object.entries(section.properties ?? {}).flatMap(([key, schema]) => {
    if (typeof schema === 'boolean') return [];
    const path = `${prefix}${key}`;
    const required = section.required?.includes(key) ?? false;
    const inner = structureOf(schema);
    const below = inner === undefined ? [] : settingRows(inner.section, `${path}${inner.list ? '[]' : ''}.`);
    return [{ path, required, schema }, ...below];
  });
}

/** The mapping that a setting is, or holds a list of. */
function structureOf(
  schema: JsonSchema,
): { readonly section: JsonSchema; readonly list: boolean } | undefined {
  if (schema.properties !== undefined) return { section: schema, list: false };
  const [item] = [schema.items].flat();
  if (typeof item === 'object' && item.properties !== undefined) return { section: item, list: true };
  const options = (schema.anyOf ?? []).filter((option) => typeof option === 'object');
  return options.map(structureOf).find((found) => found !== undefined);
}

function printRow({ path, required, schema }: SettingRow): string {
  const empty = Array.isArray(schema.default) && schema.default.length === 0;
  const fallback = schema.default === undefined || empty ? '' : code(schema.default);
  const [example] = schema.examples ?? [];
  const shown = example === undefined ? '' : ` Example: ${code(example)}`;
  const meaning = cell(`${schema.description ?? ''}${shown}`);
  return `| \`${path}\` | ${cell(typeOf(schema))} | ${required ? 'required' : cell(fallback)} | ${meaning} |`;
}

function typeOf(schema: JsonSchema): string {
  if (schema.enum !== undefined) return schema.enum.map(code).join(', ');
  if (schema.anyOf !== undefined)
    return schema.anyOf
      .filter((option) => typeof option === 'object')
      .map(typeOf)
      .join(' or ');
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
