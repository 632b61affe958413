import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { fromJSONSchema } from 'zod';
import { configSchema } from './config-schema.ts';
import { configurationMarkdown } from './configuration-markdown.ts';

type Json = { readonly [key: string]: unknown };

/** Every mapping of the schema that has fixed keys, with where it is. */
function sections(schema: Json, path = ''): readonly (readonly [path: string, section: Json])[] {
  const properties = (schema.properties ?? {}) as Record<string, Json>;
  const options = [schema.anyOf, schema.oneOf].flatMap((some) => (some as Json[] | undefined) ?? []);
  const inner = [schema.items as Json | undefined, ...options];
  return [
    ...(schema.properties === undefined ? [] : [[path, schema] as const]),
    ...Object.entries(properties).flatMap(([key, property]) => sections(property, `${path}/${key}`)),
    ...inner.flatMap((below) => (below === undefined ? [] : sections(below, path))),
  ];
}

const all = sections(configSchema() as Json);

describe('configSchema', () => {
  const accepts = (value: unknown) => fromJSONSchema(configSchema() as never).safeParse(value).success;

  test('is in the draft that editors expect and has no address of its own', () => {
    const schema = configSchema();
    expect(schema.$schema).toBe('https://json-schema.org/draft/2020-12/schema');
    expect(schema.$id).toBeUndefined();
    expect(JSON.stringify(schema)).not.toContain('$ref');
  });

  test('refuses unknown keys in every section', () => {
    expect(all.length).toBeGreaterThan(12);
    expect(all.filter(([, section]) => section.additionalProperties !== false)).toEqual([]);
  });

  test('describes every key', () => {
    const keys = all.flatMap(([path, section]) =>
      Object.entries(section.properties as Record<string, Json>).map(
        ([key, property]) => [`${path}/${key}`, property] as const,
      ),
    );
    expect(keys.filter(([, property]) => !/^\S.*\.$/.test(String(property.description)))).toEqual([]);
  });

  test('accepts the shipped configuration and refuses what the program refuses', async () => {
    const path = join(import.meta.dirname, '../../configs/image-builder-config.yaml');
    const shipped: Json = parse(await readFile(path, 'utf8'));
    expect(accepts(shipped)).toBe(true);
    expect(accepts({})).toBe(true);
    expect(accepts({ ...shipped, registri: 'r.io/a' })).toBe(false);
    expect(accepts({ ...shipped, 'build-timeout': 90 })).toBe(false);
    expect(accepts({ ...shipped, 'build-timeout': '90' })).toBe(false);
    expect(accepts({ ...shipped, 'default-pr-tag': { value: 'x' } })).toBe(false);
    expect(accepts({ ...shipped, 'short-sha-length': 3 })).toBe(false);
  });

  test('accepts a signer of each kind with what belongs to it, and nothing else', () => {
    const signer = (type: string, config: Json) =>
      accepts({ 'sign-config': { signers: [{ name: 'a', type, config }] } });
    expect(signer('notation', { key: '/k', chain: '/c', format: 'cose' })).toBe(true);
    expect(signer('cosign', { key: '/k' })).toBe(true);
    expect(signer('cosign', { key: '/k', 'public-key': '/p' })).toBe(true);
    expect(signer('cosign', { key: '/k', chain: '/c' })).toBe(false);
    expect(signer('notary', { key: '/k' })).toBe(false);
    expect(signer('gpg', { key: '/k' })).toBe(false);
  });

  test('has the defaults and examples that the program has, in the words of the file', () => {
    const { properties } = configSchema();
    expect(properties).toMatchObject({
      'build-timeout': { type: 'string', default: '2h' },
      platforms: { default: ['linux/arm64', 'linux/amd64'] },
      'log-format': { deprecated: true },
      'tag-env': { examples: [['PULL_BASE_REF']] },
      'default-pr-tag': {
        examples: [{ name: 'default_tag', value: 'PR-{{ .PRNumber }}', validation: '^PR-[0-9]+$' }],
      },
    });
    expect(properties?.cache).not.toHaveProperty('default');
  });
});

describe('configurationMarkdown', () => {
  const rows = configurationMarkdown().split('\n');

  test.each([
    '| `registry` | repository or list of repositories |  | Where images of push, schedule and workflow_dispatch go: one repository, or several that all get the same image. Example: `registry.example.com/team/prod` |',
    '| `short-sha-length` | 4 to 40 | `7` | How many hexadecimal digits `.ShortSHA` has. |',
    '| `provenance` | `off`, `min`, `max` | `min` | How much the provenance attestation tells. |',
    '| `restricted-registry.push` | repository | required | Repository that images are pushed to. |',
    '| `sign-config.signers` | list of mappings |  | The signers that can be enabled. |',
    '| `sign-config.signers[].type` | `notary`, `notation`, `cosign` | required | Kind of signer: `notary` is the Signify service, `notation` signs by itself as the Notary Project does, `cosign` as Sigstore does. |',
    '| `sign-config.signers[].config.timeout` | duration | `5m` | `notary`: Longest wait for one answer of the signing service. |',
    '| `sign-config.signers[].config.key` | text | required | `notation`, `cosign`: PEM file with the private key. |',
    '| `sign-config.signers[].config.format` | `jws`, `cose` | `jws` | `notation`: Form of the signature envelope. |',
    '| `log-format` | The form of the log is chosen when a command is run: remove the key and use --progress. |',
  ])('has the row %s', (row) => {
    expect(rows).toContain(row);
  });

  test('has a row for every key', () => {
    const keys = all.flatMap(([, section]) => Object.keys(section.properties as object));
    const missing = keys.filter(
      (key) => !rows.some((row) => new RegExp(`^\\| \`(\\S*\\.)?${key}\` \\|`).test(row)),
    );
    expect(missing).toEqual([]);
  });
});
