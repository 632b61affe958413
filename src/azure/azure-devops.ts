import type { Clock } from '../core/index.ts';
import { type HttpClient, type RetryNotice, type Sleep, sleep } from '../http/index.ts';
import { azureApi } from './azure-api.ts';
import { cancelRun } from './cancel-run.ts';
import type { AzureCredential } from './credential.ts';
import { findRun } from './find-run.ts';
import type { PipelineBuild } from './pipeline-build.ts';
import { previewRun } from './preview-run.ts';
import { readBuild } from './read-build.ts';
import { readLog } from './read-log.ts';
import { readTimeline } from './read-timeline.ts';
import type { PreviewOrder, RunOrder, SoughtRun, StartedRun } from './run-order.ts';
import { startRun } from './start-run.ts';
import { createThrottle } from './throttle.ts';
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

export function openAzureDevOps(options: AzureDevOpsOptions): AzureDevOps {
  const { http, organizationUrl, project, pipelineId, pipelineVersion, credential, onRetry } = options;
  const { suppressSignInRedirect = false } = options;
  const throttle = createThrottle(options.clock);
  const api = azureApi({
    http,
    organizationUrl,
    project,
    credential,
    throttle,
    suppressSignInRedirect,
    onRetry,
  });
  const place = { organizationUrl, project, pipelineId, pipelineVersion };
  const rest = async (signal: AbortSignal | undefined) => {
    const pause = throttle.pause();
    if (pause > 0) await (options.sleep ?? sleep)(pause, signal);
  };
  return {
    startRun: (order, signal) => startRun(api, { place, order }, signal),
    previewRun: (order, signal) => previewRun(api, { place, order }, signal),
    findRun: (sought, signal) => findRun(api, { place, sought, rest: () => rest(signal) }, signal),
    readBuild: (id, signal) => readBuild(api, { place, id }, signal),
    readTimeline: (id, signal) => readTimeline(api, id, signal),
    readLog: (id, logId, signal) => readLog(api, { id, logId }, signal),
    cancelRun: (id, signal) => cancelRun(api, { place, id }, signal),
    pause: () => throttle.pause(),
  };
}
