export { checkBuildFiles } from './check-build-files.ts';
export { withDeadline } from './deadline.ts';
export { earlyFailureReport } from './early-failure.ts';
export type { GoLogin } from './go-netrc.ts';
export type { Ports, Publication, Publisher } from './ports.ts';
export type { PipelineResult } from './run-pipeline.ts';
export { runPipeline } from './run-pipeline.ts';
export { type SignedTarget, type SigningResult, signTargets } from './sign-targets.ts';
