// Writes the files that are made from the code; with --check only says which of them are out of date.
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { commandLineMarkdown } from '../src/cli/command-line-markdown.ts';
import {
  configSchema,
  configurationMarkdown,
  serviceConfigSchema,
  serviceConfigurationMarkdown,
} from '../src/config/index.ts';
import { buildReportJsonSchema } from '../src/report/index.ts';
import { withWorkflowTables } from './workflow-tables.ts';

const root = join(import.meta.dirname, '..');

const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;
const read = (path: string): Promise<string> => readFile(join(root, path), 'utf8');

const files: Readonly<Record<string, () => string | Promise<string>>> = {
  'schemas/config.schema.json': async () => json(await configSchema()),
  'schemas/build-report.schema.json': () => json(buildReportJsonSchema()),
  'schemas/signing-service.schema.json': () => json(serviceConfigSchema()),
  'docs/configuration.md': () => configurationMarkdown(),
  'docs/signing-service.md': () => serviceConfigurationMarkdown(),
  'docs/command-line.md': () => commandLineMarkdown(),
  'docs/github.md': async () =>
    withWorkflowTables(await read('docs/github.md'), await read('.github/workflows/image-builder.yml')),
};

const onlyCheck = process.argv.includes('--check');
const stale: string[] = [];
for (const [path, make] of Object.entries(files)) {
  const file = join(root, path);
  const wanted = await make();
  const found = await readFile(file, 'utf8').catch(() => undefined);
  if (found === wanted) continue;
  stale.push(path);
  if (onlyCheck) continue;
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, wanted);
}
const verb = onlyCheck ? 'out of date, run npm run generate:' : 'written:';
if (stale.length > 0) process.stdout.write(`${verb} ${stale.join(', ')}\n`);
if (onlyCheck && stale.length > 0) process.exitCode = 1;
