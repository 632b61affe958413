import type { BuildNode, BuildPlan, NamedValue } from '../plan/index.ts';

/** By which BuildKit tells apart mounts of the same id. */
const namespaceArgument = 'BUILDKIT_CACHE_MOUNT_NS';

/** The build argument that gives each trust tier and image its own cache mounts; the caller's own goes on counting. */
export function mountNamespace(
  { buildArgs }: Pick<BuildPlan, 'buildArgs'>,
  { cache }: Pick<BuildNode, 'cache'>,
): readonly NamedValue[] {
  if (cache.mounts === undefined) return [];
  const asked = buildArgs.findLast(([name]) => name === namespaceArgument)?.[1];
  const { namespace } = cache.mounts;
  return [[namespaceArgument, asked === undefined ? namespace : `${namespace}/${asked}`]];
}
