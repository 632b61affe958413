import type { Settings } from '../config/index.ts';
import type { BuildNode } from '../plan/index.ts';

/** What the jobs of an Azure DevOps pipeline that build are called, and the variables that each of them has. */
type BuildNodes = Readonly<Record<string, { readonly node: string; readonly pool: string }>>;

/** Of a node that is none of the configuration. */
const anyPool = 'image-builder-build';

/** The matrix of the jobs that build: one for each node of the plan, on the agents that can reach its builder. */
export function buildNodes(
  { nodes }: { readonly nodes: readonly Pick<BuildNode, 'name'>[] },
  configured: Settings['builderNodes'],
): BuildNodes {
  const jobs = nodes.map(({ name }) => {
    const pool = configured.find((node) => node.name === name)?.agentPool ?? anyPool;
    return [jobName(name), { node: name, pool }] as const;
  });
  return Object.fromEntries(jobs);
}

/** Azure DevOps names jobs with letters, digits and underscores, a letter first; no two nodes become one job. */
function jobName(name: string): string {
  const word = name.replaceAll(/[^A-Za-z0-9]/g, (character) =>
    character === '-' ? '_' : `_${character.codePointAt(0)?.toString(16)}_`,
  );
  return /^[A-Za-z]/.test(word) ? word : `node_${word}`;
}
