export { checkBuildFiles } from './check-build-files.ts';
export type { Ports, Publication, Publisher } from './ports.ts';
export type { PipelineResult } from './run-pipeline.ts';
export { runPipeline } from './run-pipeline.ts';
