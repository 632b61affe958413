import { dockerfileMounts, type FoundMounts } from '../dockerfile/index.ts';
import type { BuildNode, BuildPlan } from '../plan/index.ts';
import { dockerfileText } from './dockerfile-text.ts';

/** The cache mounts of one node of a plan that keeps them, as far as its Dockerfile shows them. */
export async function plannedMounts(root: string, plan: BuildPlan, node: BuildNode): Promise<FoundMounts> {
  const { image, buildArgs, buildContexts } = plan;
  const untrustedText = node.cache.mounts && (await dockerfileText(root, image.dockerfile));
  if (untrustedText === undefined) return { mounts: [], unclear: [] };
  const contexts = buildContexts.map(([name]) => name);
  const { platforms } = node;
  return dockerfileMounts({ untrustedText, target: image.target, platforms, buildArgs, contexts });
}
