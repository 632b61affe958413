import { lstat, realpath, stat } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { ImageBuilderError } from '../core/index.ts';
import type { BuildPlan } from '../plan/index.ts';
import { checkDockerfileBases } from './check-bases.ts';

/**
 * Looks at the files that a plan names: each must exist and, with every symlink followed, lie in the checkout; only
 * secrets may lie anywhere. What the Dockerfile shows of base images must be allowed. Throws `request.invalid` or
 * `policy.denied`.
 */
export async function checkBuildFiles(root: string, plan: BuildPlan): Promise<void> {
  const { image, buildContexts, secrets } = plan;
  await checkPath({ root, path: image.context, field: 'context', kind: 'folder' });
  await checkPath({ root, path: image.dockerfile, field: 'dockerfile', kind: 'file' });
  for (const [, path] of buildContexts)
    await checkPath({ root, path, field: 'build-context', kind: 'folder' });
  for (const path of [`${image.dockerfile}.dockerignore`, join(image.context, '.dockerignore')]) {
    // The engine would not follow it, and what it excludes would be in the image.
    if (await isLink(join(root, path))) await checkPath({ root, path, field: 'ignore file', kind: 'file' });
  }
  for (const secret of secrets) if (secret.kind === 'file') await checkSecret(secret.id, secret.path);
  await checkDockerfileBases(root, plan);
}

async function isLink(path: string): Promise<boolean> {
  return (await lstat(path).catch(() => undefined))?.isSymbolicLink() === true;
}

async function checkSecret(id: string, path: string): Promise<void> {
  const found = await stat(path).catch(() => undefined);
  if (found !== undefined && !found.isDirectory()) return;
  const what = found === undefined ? 'does not exist' : 'is a folder';
  const message = `file "${path}" of build secret "${id}" ${what}`;
  throw new ImageBuilderError('request.invalid', message, { field: 'secret' }, { hint: 'see --secret' });
}

interface CheckedPath {
  readonly root: string;
  readonly path: string;
  readonly field: string;
  readonly kind: 'file' | 'folder';
}

async function checkPath({ root, path, field, kind }: CheckedPath): Promise<void> {
  const refuse = (what: string, hint: string) =>
    new ImageBuilderError('request.invalid', `${field} "${path}" ${what}`, { field }, { hint });
  const real = await realpath(join(root, path)).catch(() => undefined);
  if (real === undefined) throw refuse('does not exist', 'paths are relative to the root of the checkout');
  const inside = relative(await realpath(root), real);
  if (inside === '..' || inside.startsWith(`..${sep}`)) {
    throw refuse('is a link that leads out of the checkout', 'put the file into the repository');
  }
  const found = await stat(real);
  if (kind === 'file' ? !found.isFile() : !found.isDirectory())
    throw refuse(`is not a ${kind}`, `name a ${kind}`);
}
