export type { BuildJob } from './build-job.ts';
export type { BuildOutcome } from './build-outcome.ts';
export { findEngine } from './engine.ts';
export { runBuild } from './run-build.ts';
