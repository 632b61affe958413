import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { BuildPlan } from '../plan/index.ts';

/** Bytes; what is larger is left to BuildKit. */
const longestDockerfile = 1024 * 1024;

/** The Dockerfile of a plan; undefined when it is too large to have been written by anybody. */
export async function readDockerfile(root: string, { image }: BuildPlan): Promise<string | undefined> {
  const path = join(root, image.dockerfile);
  return (await stat(path)).size > longestDockerfile ? undefined : readFile(path, 'utf8');
}
