import { createHash, type Hash } from 'node:crypto';
import { lstat, readdir, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { BuildPlan } from '../plan/index.ts';

/**
 * A stamp of every file that a build may read: names, kinds, modes, sizes and times, not contents. Two equal stamps
 * of one checkout on one machine mean that nothing was touched in between, whatever git thinks of the files.
 */
export async function contextStamp(root: string, plan: BuildPlan): Promise<string> {
  const hash = createHash('sha256');
  const { dockerfile, context } = plan.image;
  for (const path of [dockerfile, context, ...plan.buildContexts.map(([, folder]) => folder)]) {
    await addPath(hash, join(root, path));
  }
  return hash.digest('hex');
}

async function addPath(hash: Hash, path: string): Promise<void> {
  const { mode, size, mtimeNs } = await lstat(path, { bigint: true });
  const kind = Number(mode & 0o170000n);
  hash.update(JSON.stringify([path, String(mode)]));
  if (kind === 0o040000) {
    const names = await readdir(path);
    for (const name of names.sort()) if (name !== '.git') await addPath(hash, join(path, name));
  } else if (kind === 0o120000) hash.update(JSON.stringify(await readlink(path)));
  else hash.update(`${size} ${mtimeNs}`);
}
