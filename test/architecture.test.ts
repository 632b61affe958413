import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

/** From the top: a module imports only from bands below its own, and only another module's `index.ts`. */
const bands: readonly (readonly string[])[] = [
  ['cli', 'actions'],
  ['submit', 'pipeline'],
  ['plan'],
  ['request'],
  [
    'identity',
    'policy',
    'advice',
    'tags',
    'report',
    'ci',
    'buildkit',
    'cache-mounts',
    'signing',
    'azure',
    'github',
  ],
  ['registry', 'signers'],
  ['config', 'progress', 'http', 'process'],
  ['oci', 'dockerfile'],
  ['core'],
];

/** Rooms where something may be done that is forbidden everywhere else. */
const rights: readonly {
  readonly right: string;
  readonly pattern: RegExp;
  readonly rooms: readonly string[];
}[] = [
  {
    right: 'read the environment',
    pattern: /\bprocess\.env\b/,
    rooms: ['ci', 'github', 'azure', 'config', 'cli', 'actions'],
  },
  {
    right: 'write to a stream',
    pattern: /\bprocess\.(?:stdout|stderr)\b|\bconsole\./,
    rooms: ['cli', 'actions', 'progress'],
  },
  { right: 'call a server', pattern: /\bfetch\(|from 'undici'|import\('undici'\)/, rooms: ['http'] },
  {
    right: 'spawn a process',
    pattern: /from 'node:child_process'/,
    rooms: ['process', 'registry/credentials'],
  },
  {
    right: 'read the clock',
    pattern: /\bDate\.now\(|\bnew Date\(\)|\bperformance\.now\(/,
    rooms: ['cli', 'actions'],
  },
  {
    right: 'roll dice',
    pattern: /\bMath\.random\b|\brandomBytes\b|\brandomUUID\b/,
    rooms: ['cli', 'actions'],
  },
];

const sourceRoot = join(dirname(fileURLToPath(import.meta.url)), '../src');

interface SourceFile {
  readonly path: string;
  readonly module: string;
  readonly text: string;
  readonly imports: readonly string[];
}

function readSources(): SourceFile[] {
  const names = readdirSync(sourceRoot, { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.ts'),
  );
  return names.map((path) => {
    const text = readFileSync(join(sourceRoot, path), 'utf8');
    const found = text.matchAll(/(?:\bfrom\s+|\bimport\s+|\bimport\()'([^']+)'/g);
    return {
      path,
      module: path.split('/')[0] ?? '',
      text,
      imports: [...found].map((match) => match[1] ?? ''),
    };
  });
}

function breaches(file: SourceFile): string[] {
  const found: string[] = [];
  for (const specifier of file.imports) {
    if (!specifier.startsWith('.')) continue;
    const target = relative(sourceRoot, resolve(sourceRoot, dirname(file.path), specifier));
    const targetModule = target.split('/')[0] ?? '';
    if (targetModule === file.module || targetModule === '..') continue;
    if (target !== `${targetModule}/index.ts`) found.push(`${file.path} reaches into ${target}`);
    if (bandOf(targetModule) <= bandOf(file.module))
      found.push(`${file.path} imports ${targetModule}, which is not below it`);
  }
  return found;
}

function bandOf(module: string): number {
  const band = bands.findIndex((names) => names.includes(module));
  if (band < 0) throw new Error(`module "${module}" stands in no band`);
  return band;
}

const sources = readSources();
const product = sources.filter((file) => !file.path.endsWith('.test.ts'));

describe('the architecture', () => {
  test('every import goes down a band and through the front door', () => {
    expect(sources.flatMap(breaches)).toEqual([]);
  });

  test.each(rights)('only $rooms may $right', ({ pattern, rooms }) => {
    const allowed = (path: string) => rooms.some((room) => path.startsWith(`${room}/`));
    expect(
      product.filter((file) => pattern.test(file.text) && !allowed(file.path)).map((file) => file.path),
    ).toEqual([]);
  });

  test('a module is entered by an index.ts of named re-exports only', () => {
    const entered = (module: string) => module !== 'cli' && module !== 'actions';
    const modules = [...new Set(sources.map((file) => file.module))].filter(entered);
    const indexes = modules.map((module) => product.find((file) => file.path === `${module}/index.ts`));
    expect(modules.filter((_, at) => indexes[at] === undefined)).toEqual([]);
    const line = /^(?:export (?:type )?\{[^}]*\} from '\.\/[^']+';\s*)*$/;
    expect(indexes.filter((file) => file && !line.test(file.text)).map((file) => file?.path)).toEqual([]);
  });

  test('no file outgrows 250 lines', () => {
    const grown = product.filter((file) => file.text.split('\n').length > 251);
    expect(grown.map((file) => file.path)).toEqual([]);
  });

  test('the check itself sees a breach when there is one', () => {
    const wrong = (path: string, specifier: string) =>
      breaches({ path, module: path.split('/')[0] ?? '', text: '', imports: [specifier] });
    expect(wrong('core/x.ts', '../cli/main.ts')).toHaveLength(2);
    expect(wrong('tags/x.ts', '../policy/index.ts')).toEqual([
      'tags/x.ts imports policy, which is not below it',
    ]);
    expect(wrong('plan/x.ts', '../tags/index.ts')).toEqual([]);
  });
});
