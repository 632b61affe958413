export type { NamedValue } from './build-args.ts';
export type { BuildNode, BuildPlan, MountCache } from './build-plan.ts';
export { planBuild } from './plan-build.ts';
export { planTags } from './plan-tags.ts';
