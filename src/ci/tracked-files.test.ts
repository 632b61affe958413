import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { trackedFiles } from './tracked-files.ts';

let root: string;

const git = (...args: readonly string[]) =>
  execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.com', ...args], { cwd: root })
    .toString()
    .trim();
const write = (path: string, text: string) => writeFileSync(join(root, path), text);
const idOf = (text: string) =>
  execFileSync('git', ['hash-object', '--stdin'], { input: text }).toString().trim();

/** As the checkout is now, without anything but names and contents. */
const tracked = async () => Object.fromEntries((await trackedFiles(root))?.contents ?? []);

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'image-builder-tracked-'));
  git('init', '--quiet');
  mkdirSync(join(root, 'folder'));
  write('file', 'one');
  write('folder/ü "x"\n', 'two');
  write('tool', '#!/bin/sh');
  chmodSync(join(root, 'tool'), 0o755);
  symlinkSync('file', join(root, 'link'));
  git('add', '--all');
  git('commit', '--quiet', '-m', 'one');
});
afterEach(() => rmSync(root, { recursive: true }));

const all = { file: idOf('one'), 'folder/ü "x"\n': idOf('two'), tool: idOf('#!/bin/sh') };

describe('git knows the content', () => {
  test('of every file that it tracks, and not of links', async () => {
    expect(await tracked()).toEqual(all);
    expect((await trackedFiles(root))?.algorithm).toBe('sha1');
  });

  test('of a file that was only touched, or copied from elsewhere', async () => {
    utimesSync(join(root, 'file'), 1, 1);
    expect(await tracked()).toEqual(all);
  });

  test('of no file that is another one by now', async () => {
    write('file', 'eno');
    expect(await tracked()).toEqual({ ...all, file: undefined });
  });

  test('of no file that it does not track', async () => {
    write('new', '');
    expect(await tracked()).toEqual(all);
  });

  test.each(['--assume-unchanged', '--skip-worktree'])('of no file that is hidden by %s', async (mark) => {
    git('update-index', mark, 'file');
    write('file', 'else');
    expect(await tracked()).not.toHaveProperty('file');
  });

  test.each([
    'text',
    'text=auto',
    '-text',
    'eol=crlf',
    'crlf',
    'filter=lfs',
    'ident',
    'working-tree-encoding=UTF-16',
    'binary',
  ])('of no file that may be converted: %s', async (attribute) => {
    write('.gitattributes', `file ${attribute}\n`);
    expect(await tracked()).toEqual({ tool: all.tool, 'folder/ü "x"\n': idOf('two') });
    rmSync(join(root, '.gitattributes'));
    write('.git/info/attributes', `file ${attribute}\n`);
    expect(await tracked()).not.toHaveProperty('file');
  });

  test('of every file whose attributes convert nothing', async () => {
    write('.gitattributes', '* linguist-generated export-ignore diff=go\n');
    expect(await tracked()).toEqual(all);
  });
});

test.each(['true', 'input'])('git tells nothing where it converts all texts: %s', async (value) => {
  git('config', 'core.autocrlf', value);
  expect(await trackedFiles(root)).toBeUndefined();
});

test('git tells nothing of a folder that it does not know', async () => {
  rmSync(join(root, '.git'), { recursive: true });
  expect(await trackedFiles(root)).toBeUndefined();
});

test('names of a repository with SHA-256 are of that kind', async () => {
  rmSync(join(root, '.git'), { recursive: true });
  git('init', '--quiet', '--object-format=sha256');
  git('add', '--all');
  const found = await trackedFiles(root);
  expect(found?.algorithm).toBe('sha256');
  expect(found?.contents.get('file')).toMatch(/^[0-9a-f]{64}$/);
});
