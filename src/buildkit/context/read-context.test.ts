import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { listContext } from './context-tree.ts';
import { parseIgnoreFile } from './ignore-file.ts';
import { readContext } from './read-context.ts';

let place: string;
let folder: string;

beforeEach(() => {
  place = mkdtempSync(join(tmpdir(), 'image-builder-context-test-'));
  folder = join(place, 'context');
  mkdirSync(join(folder, 'src/deep'), { recursive: true });
  writeFileSync(join(folder, 'src/main.go'), 'package main');
  writeFileSync(join(folder, 'src/deep/data'), 'data');
  symlinkSync('main.go', join(folder, 'src/link'));
  writeFileSync(join(folder, '.dockerignore'), 'ignored\n');
  writeFileSync(join(folder, 'ignored'), 'one');
});
afterEach(() => rmSync(place, { recursive: true }));

const digest = async (of = folder) => (await readContext({ folder: of })).digest;

describe('the digest of a context', () => {
  test.each<[string, () => void]>([
    ['the content of a file', () => writeFileSync(join(folder, 'src/main.go'), 'package Main')],
    ['the mode of a file', () => chmodSync(join(folder, 'src/main.go'), 0o755)],
    ['the mode of a folder', () => chmodSync(join(folder, 'src'), 0o700)],
    ['a name', () => renameSync(join(folder, 'src/main.go'), join(folder, 'src/Main.go'))],
    ['a new file without content', () => writeFileSync(join(folder, 'src/new'), '')],
    ['a new folder', () => mkdirSync(join(folder, 'src/new'))],
    ['a file that is gone', () => rmSync(join(folder, 'src/deep/data'))],
    [
      'where a link leads',
      () => {
        rmSync(join(folder, 'src/link'));
        symlinkSync('deep', join(folder, 'src/link'));
      },
    ],
    [
      'a link that becomes a file with the same text',
      () => {
        rmSync(join(folder, 'src/link'));
        writeFileSync(join(folder, 'src/link'), 'main.go');
      },
    ],
    ['what the ignore file names', () => writeFileSync(join(folder, '.dockerignore'), '')],
  ])('changes with %s', async (_, change) => {
    const before = await digest();
    change();
    expect(await digest()).not.toBe(before);
  });

  test.each<[string, () => void]>([
    ['another time', () => utimesSync(join(folder, 'src/main.go'), 1, 1)],
    ['another time of a folder', () => utimesSync(join(folder, 'src'), 1, 1)],
    ['a file that is ignored', () => writeFileSync(join(folder, 'ignored'), 'two')],
  ])('does not change with %s', async (_, change) => {
    const before = await digest();
    change();
    expect(await digest()).toBe(before);
  });

  test('is the same in another folder', async () => {
    const copy = join(place, 'elsewhere');
    cpSync(folder, copy, { recursive: true, verbatimSymlinks: true });
    expect(await digest(copy)).toBe(await digest());
  });

  test('tells every two trees apart, and none from itself, in whatever order it was written', async () => {
    const name = fc.constantFrom('a', 'b', 'a b', 'ü', '"', 'A', 'a,b');
    const file = fc.tuple(fc.array(name, { minLength: 1, maxLength: 3 }), fc.constantFrom('', 'a', 'b\n'));
    const tree = fc.array(file, { maxLength: 5 });
    let trees = 0;
    const write = (files: readonly (readonly [string[], string])[]) => {
      const root = join(place, `tree-${trees++}`);
      mkdirSync(root);
      const written = new Map<string, string>();
      for (const [parts, content] of files) {
        const path = parts.join('/');
        const taken = [...written.keys()].some(
          (each) => `${each}/`.startsWith(`${path}/`) || `${path}/`.startsWith(`${each}/`),
        );
        if (taken) continue;
        mkdirSync(join(root, ...parts.slice(0, -1)), { recursive: true });
        writeFileSync(join(root, ...parts), content);
        written.set(path, content);
      }
      return { root, files: [...written].sort(([one], [other]) => (one < other ? -1 : 1)) };
    };
    await fc.assert(
      fc.asyncProperty(tree, tree, async (one, other) => {
        const [first, second] = [write(one), write(other)];
        const again = write([...first.files].reverse().map(([path, content]) => [path.split('/'), content]));
        const [a, b, c] = [await digest(first.root), await digest(second.root), await digest(again.root)];
        expect(c).toBe(a);
        expect(a === b).toBe(JSON.stringify(first.files) === JSON.stringify(second.files));
      }),
      { numRuns: 30 },
    );
  });
});

describe('the digest of a context that git knows', () => {
  const git = (...args: readonly string[]) =>
    execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.com', ...args], { cwd: folder });

  /** With what git says, or with nothing but the names of what is tracked, so that all is read. */
  async function tracked(told: (path: string, id: string) => string | undefined, inCheckout = '.') {
    const rows = git('ls-files', '--stage', '-z').toString().split('\0').filter(Boolean);
    const contents = new Map(
      rows.map((row) => {
        const [, id = '', path = ''] = /^\d+ ([0-9a-f]+) 0\t(.*)$/s.exec(row) ?? [];
        const full = inCheckout === '.' ? path : `${inCheckout}/${path}`;
        return [full, told(path, id)] as const;
      }),
    );
    const asking = Promise.resolve({ algorithm: 'sha1', contents } as const);
    return (await readContext({ folder, inCheckout }, asking)).digest;
  }

  beforeEach(() => {
    git('init', '--quiet');
    writeFileSync(join(folder, '.dockerignore'), '.git\n');
    writeFileSync(join(folder, 'large'), 'x'.repeat(2_000_000));
    git('add', '--all');
  });

  test('is the same whether git is believed or the files are read', async () => {
    const believed = await tracked((_, id) => id);
    expect(await tracked(() => undefined)).toBe(believed);
    expect(await tracked((path, id) => (path === 'large' ? undefined : id))).toBe(believed);
    expect(await tracked((_, id) => id, 'images/app')).toBe(believed);
    expect(await digest()).not.toBe(believed);
  });

  test('is another one for another content, believed or read', async () => {
    const before = await tracked((_, id) => id);
    expect(await tracked((path, id) => (path === 'src/main.go' ? 'f'.repeat(40) : id))).not.toBe(before);
    writeFileSync(join(folder, 'src/main.go'), 'package Main');
    expect(await tracked((path, id) => (path === 'src/main.go' ? undefined : id))).not.toBe(before);
  });

  test('changes with what git does not look at', async () => {
    const before = await tracked((_, id) => id);
    chmodSync(join(folder, 'src/main.go'), 0o600);
    const mode = await tracked((_, id) => id);
    mkdirSync(join(folder, 'empty'));
    const empty = await tracked((_, id) => id);
    writeFileSync(join(folder, 'untracked'), '');
    expect(new Set([before, mode, empty, await tracked((_, id) => id)]).size).toBe(4);
  });
});

describe('a context', () => {
  test("says whether git's folder is part of it", async () => {
    mkdirSync(join(folder, '.git'));
    expect((await readContext({ folder })).holdsGit).toBe(true);
    writeFileSync(join(folder, '.dockerignore'), '.git\n');
    expect((await readContext({ folder })).holdsGit).toBe(false);
  });

  test('has a digest for what lies at a path, or for everything where links may lead', async () => {
    const at = async (path: string) => (await readContext({ folder })).digestAt(path);
    const before = [await at('src/deep'), await at('src/main.go'), await at('src/link/x')];
    expect(await at('src/de')).toBe(await digest());
    writeFileSync(join(folder, 'src/deep/data'), 'other');
    const after = [await at('src/deep'), await at('src/main.go'), await at('src/link/x')];
    expect(after.map((each, index) => each === before[index])).toEqual([false, true, false]);
  });

  test("has the ignore file of its Dockerfile before the folder's own", async () => {
    writeFileSync(join(place, 'Dockerfile.dockerignore'), '');
    const own = await readContext({ folder, dockerfilePath: join(place, 'Dockerfile') });
    expect(own.digest).not.toBe(await digest());
  });

  test('is not read where only BuildKit can tell what it is', async () => {
    writeFileSync(join(folder, '.dockerignore'), '[');
    await expect(digest()).rejects.toMatchObject({ name: 'UnreadableContext' });
    rmSync(join(folder, '.dockerignore'));
    symlinkSync('ignored', join(folder, '.dockerignore'));
    await expect(digest()).rejects.toMatchObject({ name: 'UnreadableContext' });
  });

  test('is not looked through where nothing of it can be taken in again', async () => {
    const paths = async (text: string) =>
      (await listContext(folder, parseIgnoreFile(text) ?? [])).map(({ path }) => path);
    expect(await paths('*\n!src/deep')).toEqual(['src', 'src/deep', 'src/deep/data']);
    chmodSync(join(folder, 'src'), 0o755);
    rmSync(join(folder, 'src/main.go'));
    expect(await paths('src\nignored\n.*')).toEqual([]);
  });
});

describe('an ignore file', () => {
  test('of any text is read or refused in time', () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 200 }),
      fc
        .array(fc.constantFrom('*', '**', '/', '[', ']', '\\', '!', 'a', '-', '^', '\n'), { maxLength: 60 })
        .map((parts) => parts.join('')),
      fc.constantFrom('['.repeat(5000), `${'[a'.repeat(3000)}`, `${'**/*a'.repeat(200)}`, '*'.repeat(3000)),
    );
    fc.assert(
      fc.property(text, (any) => {
        for (const { matches } of parseIgnoreFile(any) ?? []) matches('a/'.repeat(100));
      }),
      { numRuns: 30 },
    );
  });
});
