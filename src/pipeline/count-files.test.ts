import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { countFiles, isMore } from './count-files.ts';

const limits = { files: 3, bytes: 100 };
const never = new AbortController().signal;

/** A folder with files of these lengths. */
function folderOf(lengths: Readonly<Record<string, number>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'count-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const [name, length] of Object.entries(lengths)) {
    mkdirSync(join(folder, name, '..'), { recursive: true });
    writeFileSync(join(folder, name), 'x'.repeat(length));
  }
  return folder;
}

test('counts what a folder and those below it hold, and follows no link', async () => {
  const folder = folderOf({ a: 1, 'b/c': 20, 'b/a': 3 });
  symlinkSync('/', join(folder, 'b', 'root'));
  expect(await countFiles(folder, { limits: { files: 9, bytes: 99 } }, never)).toEqual({
    files: 4,
    bytes: 24,
  });
});

test('leaves a name out at the top, not below it', async () => {
  const folder = folderOf({ 'a/b': 1, 'b/c': 20, 'a/b2': 3 });
  expect(await countFiles(folder, { limits, without: 'b' }, never)).toEqual({ files: 2, bytes: 4 });
});

test.each([
  ['files', { a: 0, b: 0, c: 0, d: 0, e: 0, f: 0 }],
  ['bytes', { a: 101, b: 101, c: 101 }],
])('stops with too many %s', async (_, lengths) => {
  const count = await countFiles(folderOf(lengths), { limits }, never);
  expect(isMore(count, limits)).toBe(true);
  expect(count.files).toBeLessThan(Object.keys(lengths).length);
});

test('stops when nobody waits any more', async () => {
  expect(await countFiles(folderOf({ a: 1 }), { limits }, AbortSignal.abort())).toEqual({
    files: 0,
    bytes: 0,
  });
});

test('takes what is not there for empty, and what is at its limit for small', async () => {
  const count = await countFiles(join(folderOf({}), 'none'), { limits }, never);
  expect(count).toEqual({ files: 0, bytes: 0 });
  expect(isMore(limits, limits)).toBe(false);
});
