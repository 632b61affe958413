import { mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { lookAtContext } from './look-at-context.ts';

function checkout(files: Readonly<Record<string, string>>): string {
  const root = mkdtempSync(join(tmpdir(), 'context-'));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return root;
}

const image = { name: 'app', dockerfile: 'build/Dockerfile', context: '.' };
const never = new AbortController().signal;

test('counts files and bytes, without the history and what links lead to', async () => {
  const root = checkout({ a: '12', 'b/c': '345', '.git/objects/x': 'much', 'b/.git/y': '6' });
  symlinkSync('/', join(root, 'link'));
  expect(await lookAtContext(root, image, never)).toEqual({
    hasIgnoreFile: false,
    hasGitFolder: true,
    files: 4,
    bytes: 6,
  });
});

test('looks at the context only', async () => {
  const root = checkout({ a: '1', 'b/c': '2', '.git/x': '3' });
  const facts = await lookAtContext(root, { ...image, context: 'b' }, never);
  expect(facts).toMatchObject({ hasGitFolder: false, files: 1 });
});

test('a link of a worktree to its history is no history', async () => {
  expect(await lookAtContext(checkout({ '.git': 'gitdir: /x' }), image, never)).toMatchObject({
    hasGitFolder: false,
  });
});

test.each(['.dockerignore', 'build/Dockerfile.dockerignore'])('counts nothing beside %s', async (path) => {
  const facts = await lookAtContext(checkout({ [path]: '', a: '1', '.git/x': '2' }), image, never);
  expect(facts).toMatchObject({ hasIgnoreFile: true, files: 0 });
});

test('an ignore file of another folder does not count', async () => {
  const root = checkout({ '.dockerignore': '', 'b/c': '1' });
  expect(await lookAtContext(root, { ...image, context: 'b' }, never)).toMatchObject({
    hasIgnoreFile: false,
  });
});

test('stops when it is large, and when nobody waits any more', async () => {
  const root = checkout({ large: '', 'b/c': '1', 'd/e': '2' });
  truncateSync(join(root, 'large'), 600_000_000);
  expect(await lookAtContext(root, image, never)).toMatchObject({ files: 1, bytes: 600_000_000 });
  expect(await lookAtContext(root, image, AbortSignal.abort())).toMatchObject({ files: 0 });
});
