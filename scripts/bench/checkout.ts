import { execFileSync } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** Files by their path in the checkout. */
export type Files = Readonly<Record<string, string | Buffer>>;

/** A git checkout with these files, committed. */
export async function makeCheckout(folder: string, files: Files): Promise<string> {
  await mkdir(folder, { recursive: true });
  git(folder, 'init', '--quiet');
  await commit(folder, files);
  return folder;
}

/** Writes files and commits everything. */
export async function commit(folder: string, files: Files): Promise<void> {
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), content);
  }
  git(folder, 'add', '--all');
  git(folder, 'commit', '--quiet', '--allow-empty', '--message', 'bench');
}

function git(folder: string, ...args: string[]): void {
  const author = ['-c', 'user.name=bench', '-c', 'user.email=bench@example.com'];
  execFileSync('git', [...author, ...args], { cwd: folder });
}
