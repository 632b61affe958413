export type { AzureDevOps, AzureDevOpsOptions } from './azure-devops.ts';
export { openAzureDevOps } from './azure-devops.ts';
export type { AzureCredential } from './credential.ts';
export { entraCredential } from './entra-credential.ts';
export { isUncertain } from './is-uncertain.ts';
export { patCredential } from './pat-credential.ts';
export type { BuildResult, BuildStatus, PipelineBuild } from './pipeline-build.ts';
export type { EntraCredentialOptions, EntraProof } from './request-entra-token.ts';
export type { PreviewOrder, RunOrder, SoughtRun, StartedRun, TemplateParameters } from './run-order.ts';
export type {
  Timeline,
  TimelineIssue,
  TimelineRecord,
  TimelineRecordType,
  TimelineResult,
  TimelineState,
} from './timeline.ts';
