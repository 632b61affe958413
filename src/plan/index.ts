export type { BuildPlan } from './build-plan.ts';
export { planBuild } from './plan-build.ts';
export { planTags } from './plan-tags.ts';
