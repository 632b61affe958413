import { execFile } from 'node:child_process';
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { contextRows } from '../../src/buildkit/context/context-rows.ts';
import { listContext } from '../../src/buildkit/context/context-tree.ts';
import { parseIgnoreFile } from '../../src/buildkit/context/ignore-file.ts';
import { readContext } from '../../src/buildkit/context/read-context.ts';
import { digestOf } from '../../src/oci/index.ts';

const bench = inject('workbench');
const execute = promisify(execFile);
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'image-builder-ignore-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const files = [
  'Dockerfile',
  'a',
  'ab',
  'a.b',
  'x/a',
  'x/ab',
  'x/y/a',
  'x/y/z/a.b',
  'x/.a',
  'y/a/b',
  'y/a/c/d',
  '.git/a',
  'd+(1)/a',
  'sp ace/a',
  'ü/a',
  '#a',
  '!a',
];

function writeTree(root: string, ignoreFile: string): void {
  for (const path of files) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), path);
  }
  mkdirSync(join(root, 'empty/in/depth'), { recursive: true });
  symlinkSync('../a', join(root, 'x/link'));
  symlinkSync('y', join(root, 'folder-link'));
  chmodSync(join(root, 'x/a'), 0o755);
  writeFileSync(join(root, '.dockerignore'), ignoreFile);
}

/** Everything below a folder, folders with a slash at their end. */
function listed(root: string, below = ''): readonly string[] {
  return readdirSync(join(root, below)).flatMap((name) => {
    const path = below === '' ? name : `${below}/${name}`;
    return lstatSync(join(root, path)).isDirectory() ? [`${path}/`, ...listed(root, path)] : [path];
  });
}

async function ours(root: string, ignoreFile: string): Promise<readonly string[]> {
  const entries = await listContext(root, parseIgnoreFile(ignoreFile) ?? []);
  return entries.map(({ path, kind }) => (kind === 'folder' ? `${path}/` : path)).sort();
}

let builds = 0;

async function buildkit(dockerfile: string, root: string, args: readonly string[] = []): Promise<string> {
  const [file, output] = [join(folder, `Dockerfile-${builds}`), join(folder, `output-${builds++}`)];
  writeFileSync(file, dockerfile);
  const flags = ['--output', `type=local,dest=${output}`, '--provenance=false'];
  const command = ['buildx', 'build', '--file', file, ...flags, ...args, root];
  await execute(bench.docker, command, { env: { ...process.env, ...bench.env }, timeout: 100_000 });
  return output;
}

/** What BuildKit takes of one tree under each of these ignore files, all in one build. */
async function compare(ignoreFiles: readonly string[]): Promise<void> {
  const base = mkdtempSync(join(folder, 'trees-'));
  const roots = ignoreFiles.map((text, at) => {
    const root = join(base, `${at}`);
    writeTree(root, text);
    return root;
  });
  const copies = roots.map((_, at) => `COPY --from=tree${at} . /${at}/\n`).join('');
  const contexts = roots.flatMap((root, at) => ['--build-context', `tree${at}=${root}`]);
  const empty = mkdtempSync(join(folder, 'empty-'));
  const output = await buildkit(`FROM scratch\n${copies}`, empty, contexts);
  for (const [at, text] of ignoreFiles.entries()) {
    const taken = listed(join(output, `${at}`)).toSorted();
    expect([text, await ours(roots[at] ?? '', text)]).toEqual([text, taken]);
  }
}

describe('a context', () => {
  test('is what BuildKit takes of it, whatever the ignore file says', async () => {
    await compare([
      '',
      '# a\n\n  \n#a',
      '\ufeffa',
      'a\r\nx\r\n',
      '/a\n/x/',
      './a\nx/../ab\nx//y',
      'a/\nx/y/',
      '*',
      '*\n!a',
      '*\n!x/a',
      '*\n!x/y',
      '*\n!x\nx/y\n!x/y/z',
      '*\n!**/a',
      '**',
      '**\n!x/**/a.b',
      '**/a',
      '**/a\n!x/a',
      '**/a*',
      '**a',
      'x/**',
      'x/**\n!x/y/**',
      'x/*',
      'x/*/a',
      '*/a',
      '*/*/a',
      '?\n!a',
      '[a-x]',
      '[^a]',
      'a\\b\n\\a',
      'a.b\nd+(1)',
      'sp ace\nü',
      '\\#a',
      ' #a',
      '\\!a',
      '! a\n*\n! a',
      'empty',
      'empty/in\n!empty/in/depth',
      'x\n!x/link\nfolder-link',
      'y\n!y/a\ny/a/c\n!y/a/c/d',
      '.git\n.dockerignore\nDockerfile',
      'x/y/../y/a',
      '..\n../a\n.',
      'a]',
    ]);
  });

  test('is what BuildKit takes of it under any ignore file', async () => {
    const part = fc.constantFrom(
      'a',
      'ab',
      'x',
      'y',
      'z',
      '*',
      '**',
      '?',
      'a*',
      '*b',
      '.?',
      '[ax]',
      'empty',
      '..',
    );
    const path = fc.array(part, { minLength: 1, maxLength: 4 }).map((parts) => parts.join('/'));
    const line = fc.tuple(fc.constantFrom('', '', '!', '/', '!/'), path).map((pieces) => pieces.join(''));
    const text = fc.array(line, { minLength: 1, maxLength: 6 }).map((lines) => lines.join('\n'));
    const understood = text.filter((each) => parseIgnoreFile(each) !== undefined);
    await compare(fc.sample(understood, { seed: 1, numRuns: 60 }));
  });

  test.each(['[', 'a[', '[]a]', '[a', 'a\\', '!', '!/', '[-a]'])(
    'is refused by BuildKit under "%s", which is not understood here either',
    async (text) => {
      expect(parseIgnoreFile(text)).toBeUndefined();
      const root = mkdtempSync(join(folder, 'refused-'));
      writeTree(root, text);
      await expect(buildkit('FROM scratch\nCOPY . /\n', root)).rejects.toThrow();
    },
  );

  test.each([
    ['an ignore file of its own', 'a\n', ['a']],
    ['an empty one', '', []],
  ])('of a Dockerfile with %s is not that of the folder', async (_, text, missing) => {
    const root = mkdtempSync(join(folder, 'own-'));
    writeTree(root, 'x\n');
    rmSync(join(root, '.git'), { recursive: true });
    const dockerfilePath = join(folder, `Dockerfile-${builds}`);
    writeFileSync(`${dockerfilePath}.dockerignore`, text);
    const output = await buildkit('FROM scratch\nCOPY . /\n', root);
    const all = listed(root);
    expect(all.filter((path) => !listed(output).includes(path))).toEqual(missing);
    const entries = await listContext(root, parseIgnoreFile(text) ?? []);
    const { digest } = await readContext({ folder: root, dockerfilePath });
    const rows = await contextRows({ folder: root, inCheckout: '.', tracked: undefined }, entries);
    expect(digest).toBe(digestOf(JSON.stringify(rows)));
  });
});
