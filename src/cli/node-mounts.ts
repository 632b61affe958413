import { builderEnvironment, outOfReach } from '../buildkit/index.ts';
import type { FoundMounts } from '../dockerfile/index.ts';
import { plannedMounts } from '../pipeline/index.ts';
import type { BuildNode, BuildPlan } from '../plan/index.ts';
import type { CommandRun } from './commands.ts';
import type { Prepared } from './prepare.ts';

/** The cache mounts of one node, and why none of them is kept, where that is known. */
export interface NodeMounts {
  readonly node: BuildNode;
  readonly found: FoundMounts;
  readonly outOfReach?: string | undefined;
}

/** The cache mounts of every node of a plan, as far as its Dockerfile and the builders' own files show them. */
export function nodeMounts(
  { console }: CommandRun,
  { source }: Prepared,
  plan: BuildPlan,
): Promise<readonly NodeMounts[]> {
  return Promise.all(
    plan.nodes.map(async (node) => {
      const env = await builderEnvironment(console.environment, node.builder);
      return {
        node,
        found: await plannedMounts(source.root, plan, node),
        outOfReach: await outOfReach(env, node.builder),
      };
    }),
  );
}
