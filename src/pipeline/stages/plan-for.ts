import { ImageBuilderError } from '../../core/index.ts';
import type { BuildPlan } from '../../plan/index.ts';

/** The part of a plan that one of its nodes carries out; all of it without a name. Throws `request.invalid`. */
export function planFor(plan: BuildPlan, nodeName: string | undefined): BuildPlan {
  if (nodeName === undefined) return plan;
  const node = plan.nodes.find(({ name }) => name === nodeName);
  if (node !== undefined)
    return plan.nodes.length === 1 ? plan : { ...plan, platforms: node.platforms, nodes: [node] };
  const hint = `nodes of the plan: ${plan.nodes.map(({ name }) => name).join(', ')}`;
  throw new ImageBuilderError(
    'request.invalid',
    `the plan has no node "${nodeName}"`,
    { field: 'node' },
    { hint },
  );
}
