import { mkdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { ImageBuilderError, reasonOf } from '../core/index.ts';

/**
 * Writes `text` to `path` so that a reader sees the old file or the whole new one, never a part. Creates the folder.
 * Throws `report.unwritable`.
 */
export async function writeFileWhole(path: string, text: string): Promise<void> {
  const target = resolve(path);
  const partial = `${target}.${process.pid}.partial`;
  try {
    await makeFolder(dirname(target));
    await writeFile(partial, text, { mode: 0o644 });
    await rename(partial, target);
  } catch (cause) {
    await rm(partial, { force: true }).catch(() => undefined);
    throw unwritable(path, cause);
  }
}

/**
 * Removes a file that may not be there, and sees to it that its folder is. Throws `report.unwritable`, for example when
 * the path is a folder: better now than after an hour of building.
 */
export async function clearFile(path: string): Promise<void> {
  try {
    await makeFolder(dirname(resolve(path)));
    await rm(path, { force: true });
  } catch (cause) {
    throw unwritable(path, cause);
  }
}

/** One folder after the other: Node's own way runs for ever below a file system that refuses new folders. */
async function makeFolder(path: string): Promise<void> {
  const found = await stat(path).catch(() => undefined);
  if (found?.isDirectory()) return;
  await makeFolder(dirname(path));
  await mkdir(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST' || found !== undefined) throw error;
  });
}

function unwritable(path: string, cause: unknown): ImageBuilderError {
  const message = `cannot write "${path}": ${reasonOf(cause)}`;
  return new ImageBuilderError('report.unwritable', message, { path }, { cause });
}
