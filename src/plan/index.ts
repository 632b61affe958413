export type { BuildPlan } from './build-plan.ts';
export type { BuildRequest } from './build-request.ts';
export { planBuild } from './plan-build.ts';
export { planTags } from './plan-tags.ts';
