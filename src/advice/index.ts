export type { Advice } from './advice.ts';
export { adviceNotice } from './advice-notice.ts';
export { adviseBuild } from './advise-build.ts';
export type { PlannedBuild } from './platform-builds.ts';
export { type ContextFacts, contextLimits } from './rules/context-size.ts';
export type { RunTime } from './rules/slow-emulation.ts';
