import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
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
    await mkdir(dirname(target), { recursive: true });
    await writeFile(partial, text, { mode: 0o644 });
    await rename(partial, target);
  } catch (cause) {
    await rm(partial, { force: true }).catch(() => undefined);
    throw unwritable(path, cause);
  }
}

/** Removes a file that may not be there. Throws `report.unwritable`, for example when it is a folder. */
export async function removeFile(path: string): Promise<void> {
  await rm(path, { force: true }).catch((cause: unknown) => {
    throw unwritable(path, cause);
  });
}

function unwritable(path: string, cause: unknown): ImageBuilderError {
  const message = `cannot write "${path}": ${reasonOf(cause)}`;
  return new ImageBuilderError('report.unwritable', message, { path }, { cause });
}
