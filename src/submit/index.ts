export type { Backend, SubmitResult } from './backend.ts';
export { chooseBackend } from './choose-backend.ts';
export { describeOrder } from './describe-order.ts';
export { openPipeline, type Pipeline, type PipelineOrder } from './open-pipeline.ts';
export { remoteRequest } from './remote-request.ts';
export { printedReport } from './report-step.ts';
export { requirePipeline } from './require-pipeline.ts';
export { submit } from './submit.ts';
