import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** Milliseconds. What arrives in between is the most that can be too much. */
const interval = 200;

export interface WatchedFolder {
  readonly folder: string;
  readonly maxBytes: number;
  /** Called once. */
  readonly onTooLarge: () => void;
}

/** Watches the files of a folder grow, those of its subfolders not included; disposing of it ends that. */
export function watchSize({ folder, maxBytes, onTooLarge }: WatchedFolder): Disposable {
  const timer = setInterval(async () => {
    if ((await sizeOf(folder)) <= maxBytes) return;
    clearInterval(timer);
    onTooLarge();
  }, interval);
  return { [Symbol.dispose]: () => clearInterval(timer) };
}

/** Files come and go while they are looked at. */
async function sizeOf(folder: string): Promise<number> {
  const names = await readdir(folder).catch(() => []);
  const sizes = names.map((name) =>
    stat(join(folder, name)).then(
      (found) => found.size,
      () => 0,
    ),
  );
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
}
