import { type Advice, adviseBuild, type PlannedBuild, type RunTime } from '../advice/index.ts';
import type { BuildPlan } from '../plan/index.ts';
import { dockerfileText } from './dockerfile-text.ts';
import { lookAtContext } from './look-at-context.ts';

export interface AdvisedPlan {
  /** Absolute path of the checkout. */
  readonly root: string;
  readonly plan: BuildPlan;
  readonly advice: AdviceSettings;
}

/** What advice depends on beside the plan. */
export type AdviceSettings = Pick<PlannedBuild, 'rules' | 'nodes'>;

/** What would make the build of a plan faster. Does not throw: advice never stands in the way of a build. */
export async function planAdvice(advised: AdvisedPlan): Promise<readonly Advice[]> {
  const advise = await readAdvised(advised, new AbortController().signal);
  return advise([]);
}

/**
 * Reads what advice is about, as far as it comes until `signal`. The answer takes how long the RUN of the build took.
 * Does not throw.
 */
export async function readAdvised(
  advised: AdvisedPlan,
  signal: AbortSignal,
): Promise<(times: readonly RunTime[]) => readonly Advice[]> {
  try {
    const planned = await plannedBuild(advised, signal);
    return (times) => (planned === undefined ? [] : adviseBuild(planned, times));
  } catch {
    return () => [];
  }
}

async function plannedBuild(
  { root, plan, advice }: AdvisedPlan,
  signal: AbortSignal,
): Promise<PlannedBuild | undefined> {
  const { image, buildArgs, buildContexts } = plan;
  if (advice.rules.length === 0) return undefined;
  const untrustedDockerfile = await dockerfileText(root, image.dockerfile);
  if (untrustedDockerfile === undefined) return undefined;
  return {
    ...{ ...advice, untrustedDockerfile, buildArgs },
    file: image.dockerfile,
    target: image.target,
    contexts: buildContexts.map(([name]) => name),
    context: await lookAtContext(root, image, signal),
  };
}
