import type { BuildPlan } from '../../plan/index.ts';
import type { ReuseRecord } from './reuse-record.ts';

/** For stages that run apart: the one that publishes could not see for itself what the one that builds has found. */
export function withoutReuse({ reuse }: BuildPlan): ReuseRecord | undefined {
  if (reuse === undefined) return undefined;
  return { kind: 'ineligible', reason: 'the stages of a pipeline build every image' };
}
