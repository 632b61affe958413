import type { Clock } from '../core/index.ts';
import type { HttpClient, RetryNotice, Sleep } from '../http/index.ts';
import type { AzureCredential } from './credential.ts';
import type { PipelineBuild } from './pipeline-build.ts';
import type { PreviewOrder, RunOrder, SoughtRun, StartedRun } from './run-order.ts';
import type { Timeline } from './timeline.ts';

export interface AzureDevOpsOptions {
  /** Its retry policy is the one of every call. */
  readonly http: HttpClient;
  /** For example `https://dev.azure.com/team`. */
  readonly organizationUrl: string;
  /** Name or GUID. */
  readonly project: string;
  readonly pipelineId: number;
  /** The newest when left out. */
  readonly pipelineVersion?: number | undefined;
  readonly credential: AzureCredential;
  readonly clock: Clock;
  readonly sleep?: Sleep | undefined;
  /** Asks for a plain 401 in place of a sign-in page; tenants with Conditional Access may refuse that. */
  readonly suppressSignInRedirect?: boolean | undefined;
  readonly onRetry?: ((notice: RetryNotice) => void) | undefined;
}

/**
 * One pipeline of Azure DevOps. Failures are `azure.refused` (credential, permission), `azure.rejected` (the service
 * does not take what it was asked), `azure.unavailable` and `cancelled`.
 */
export interface AzureDevOps {
  /**
   * Sent once; sent again only when the service surely did not start anything. Throws an error for which `isUncertain`
   * holds when nobody can know whether the run was started; so it is after `cancelled`.
   */
  startRun(order: RunOrder, signal?: AbortSignal): Promise<StartedRun>;
  /** The final YAML; starts nothing. */
  previewRun(order: PreviewOrder, signal?: AbortSignal): Promise<string>;
  /** The newest run that was started with these parameters. */
  findRun(sought: SoughtRun, signal?: AbortSignal): Promise<StartedRun | undefined>;
  readBuild(id: number, signal?: AbortSignal): Promise<PipelineBuild>;
  readTimeline(id: number, signal?: AbortSignal): Promise<Timeline>;
  /**
   * The lines of a step's log as they arrive, each once even when the connection breaks, without the agent's
   * timestamp. The text comes from the build and is not to be trusted.
   */
  readLog(id: number, logId: number, signal?: AbortSignal): AsyncIterable<string>;
  /** Asks for the end of a run, and is content when it has ended already; jobs may take a while to obey. */
  cancelRun(id: number, signal?: AbortSignal): Promise<void>;
  /** Milliseconds that the service wants us to leave before the next call. */
  pause(): number;
}
