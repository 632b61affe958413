import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';

export interface FileCount {
  readonly files: number;
  readonly bytes: number;
}

export interface CountOptions {
  /** With more than these, it is large and no longer counted. */
  readonly limits: FileCount;
  /** A name at the top that does not count. */
  readonly without?: string;
}

/** Counts the files of a folder until it is large or until `signal`. Follows no links; what cannot be read does not count. */
export async function countFiles(
  folder: string,
  { limits, without }: CountOptions,
  signal: AbortSignal,
): Promise<FileCount> {
  let count: FileCount = { files: 0, bytes: 0 };
  const folders = [folder];
  for (const each of folders) {
    for (const entry of await readdir(each, { withFileTypes: true }).catch(() => [])) {
      if (signal.aborted || isMore(count, limits)) return count;
      const path = join(each, entry.name);
      if (each === folder && entry.name === without) continue;
      if (entry.isDirectory()) folders.push(path);
      else count = { files: count.files + 1, bytes: count.bytes + (await sizeOf(path)) };
    }
  }
  return count;
}

async function sizeOf(path: string): Promise<number> {
  const found = await lstat(path).catch(() => undefined);
  return found?.isFile() ? found.size : 0;
}

/** Whether one of both is exceeded. */
export function isMore({ files, bytes }: FileCount, limits: FileCount): boolean {
  return files > limits.files || bytes > limits.bytes;
}
