export { checkBuildFiles } from './check-build-files.ts';
export type { Ports, Publication } from './ports.ts';
export type { PipelineInputs, PipelineResult } from './run-pipeline.ts';
export { runPipeline } from './run-pipeline.ts';
