import { lstat, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type ContextFacts, contextLimits } from '../advice/index.ts';
import type { BuildPlan } from '../plan/index.ts';
import { countFiles } from './count-files.ts';

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
  const counted = await countFiles(folder, { limits: contextLimits, without: '.git' }, signal);
  return { hasIgnoreFile: false, hasGitFolder: git?.isDirectory() ?? false, ...counted };
}

function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
