import type { Settings } from '../config/index.ts';
import { ImageBuilderError } from '../core/index.ts';
import type { BuildPlan } from '../plan/index.ts';

export interface BuilderChoice {
  readonly plan: Pick<BuildPlan, 'policy'>;
  readonly nodes: readonly Pick<Settings['builderNodes'][number], 'name' | 'builder'>[];
  /** From `--builder`. */
  readonly named: string | undefined;
}

/**
 * The buildx builder that builds: the one that was named, where policy allows its node; else the first that it allows.
 * Undefined for the current one, where policy does not mind. Throws `policy.denied`.
 */
export function chooseBuilder({ plan, nodes, named }: BuilderChoice): string | undefined {
  const { builderNodes, rule = 'policy' } = plan.policy;
  if (builderNodes === undefined) return named;
  const allowed = nodes.filter(({ name }) => builderNodes.includes(name)).map(({ builder }) => builder);
  const chosen = named ?? allowed[0];
  if (chosen !== undefined && allowed.includes(chosen)) return chosen;
  const message =
    named === undefined
      ? `denied by "${rule}": none of its builder nodes is configured`
      : `denied by "${rule}": builder "${named}" belongs to none of its builder nodes`;
  const hint = `builder nodes of the rule: ${builderNodes.join(', ') || 'none'}`;
  throw new ImageBuilderError('policy.denied', message, { rule }, { hint });
}
