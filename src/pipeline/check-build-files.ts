import { realpath, stat } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { ImageBuilderError } from '../core/index.ts';
import type { BuildPlan } from '../plan/index.ts';

/**
 * Looks at the files that a plan names: each must exist and, with every symlink followed, lie in the checkout.
 * Throws `request.invalid`.
 */
export async function checkBuildFiles(
  root: string,
  plan: Pick<BuildPlan, 'image' | 'buildContexts'>,
): Promise<void> {
  await checkPath({ root, path: plan.image.context, field: 'context', kind: 'folder' });
  await checkPath({ root, path: plan.image.dockerfile, field: 'dockerfile', kind: 'file' });
  for (const [, path] of plan.buildContexts)
    await checkPath({ root, path, field: 'build-context', kind: 'folder' });
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
  if (real === undefined)
    throw refuse('does not exist', `the path is relative to the root of the checkout; see --${field}`);
  const inside = relative(await realpath(root), real);
  if (inside === '..' || inside.startsWith(`..${sep}`)) {
    throw refuse('is a link that leads out of the checkout', 'put the file into the repository');
  }
  const found = await stat(real);
  if (kind === 'file' ? !found.isFile() : !found.isDirectory())
    throw refuse(`is not a ${kind}`, `name a ${kind}`);
}
