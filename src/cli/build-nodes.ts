import type { Settings } from '../config/index.ts';
import type { BuildPlan } from '../plan/index.ts';
import { chooseBuilder } from './choose-builder.ts';

/** What the jobs of an Azure DevOps pipeline that build are called, and the variables that each of them has. */
type BuildNodes = Readonly<Record<string, { readonly node: string; readonly pool: string }>>;

/** Where a build goes that no rule sends anywhere. */
const anyNode = { name: 'default', agentPool: 'image-builder-build' };

/** The matrix of the jobs that build: the node that policy chooses, on the agents that can reach its builder. */
export function buildNodes(plan: Pick<BuildPlan, 'policy'>, nodes: Settings['builderNodes']): BuildNodes {
  const builder = chooseBuilder({ plan, nodes, named: undefined });
  const { name, agentPool } = nodes.find((node) => node.builder === builder) ?? anyNode;
  const key = name.replaceAll(/[^A-Za-z0-9_]/g, '_');
  return { [key]: { node: key, pool: agentPool } };
}
