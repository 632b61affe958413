import { lstat, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type ContextFacts, contextLimits } from '../advice/index.ts';
import type { BuildPlan } from '../plan/index.ts';

/** Counts what a build context holds, until it is large or until `signal`: whoever waits has better things to do. */
export async function lookAtContext(
  root: string,
  { dockerfile, context }: BuildPlan['image'],
  signal: AbortSignal,
): Promise<ContextFacts> {
  const folder = join(root, context);
  const ignoreFiles = [join(root, `${dockerfile}.dockerignore`), join(folder, '.dockerignore')];
  const found = await Promise.all(ignoreFiles.map(exists));
  if (found.includes(true)) return { hasIgnoreFile: true, hasGitFolder: false, files: 0, bytes: 0 };
  const git = await lstat(join(folder, '.git')).catch(() => undefined);
  const counted = await countFiles(folder, signal);
  return { hasIgnoreFile: false, hasGitFolder: git?.isDirectory() ?? false, ...counted };
}

function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

/** Without `.git`, and without following links. */
async function countFiles(
  folder: string,
  signal: AbortSignal,
): Promise<Pick<ContextFacts, 'files' | 'bytes'>> {
  let [files, bytes] = [0, 0];
  const folders = [folder];
  for (const each of folders) {
    if (signal.aborted || files > contextLimits.files || bytes > contextLimits.bytes) break;
    for (const entry of await readdir(each, { withFileTypes: true })) {
      const path = join(each, entry.name);
      if (each === folder && entry.name === '.git') continue;
      if (entry.isDirectory()) folders.push(path);
      else files++;
      if (entry.isFile()) bytes += (await lstat(path)).size;
    }
  }
  return { files, bytes };
}
