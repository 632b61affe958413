export type { AzureDevOps } from './azure-devops.ts';
export { openAzureDevOps } from './azure-devops.ts';
export type { AzureCredential } from './credential.ts';
export { entraCredential } from './entra-credential.ts';
export { isUncertain } from './is-uncertain.ts';
export { patCredential } from './pat-credential.ts';
export type { BuildResult, PipelineBuild } from './pipeline-build.ts';
export type { RunOrder, StartedRun } from './run-order.ts';
export type { Timeline, TimelineIssue, TimelineRecord, TimelineResult } from './timeline.ts';
