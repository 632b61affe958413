import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { clearFile, writeFileWhole } from './write-file-whole.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'image-builder-report-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

test('the folder is made, the file replaced, and nothing else left', async () => {
  const path = join(folder, 'deep/er/report.json');
  await writeFileWhole(path, 'one');
  await writeFileWhole(path, 'two');
  expect(readFileSync(path, 'utf8')).toBe('two');
  expect(readdirSync(join(folder, 'deep/er'))).toEqual(['report.json']);
});

test('a path that cannot be written is named, and the old content stays', async () => {
  writeFileSync(join(folder, 'file'), 'here');
  const path = join(folder, 'file/report.json');
  await expect(writeFileWhole(path, 'x')).rejects.toMatchObject({
    code: 'report.unwritable',
    details: { path },
  });
  expect(readFileSync(join(folder, 'file'), 'utf8')).toBe('here');
});

test('a file that is not there is cleared, a folder is refused', async () => {
  await clearFile(join(folder, 'nothing'));
  await expect(clearFile(folder)).rejects.toMatchObject({ code: 'report.unwritable' });
});

test('below a file system that takes no folders, the path is refused at once', async () => {
  const path = '/proc/image-builder/report.json';
  await expect(clearFile(path)).rejects.toMatchObject({ code: 'report.unwritable', details: { path } });
  await expect(writeFileWhole(path, 'x')).rejects.toMatchObject({ code: 'report.unwritable' });
});
