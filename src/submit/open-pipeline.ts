import { type AzureDevOps, openAzureDevOps, type StartedRun } from '../azure/index.ts';
import type { Settings } from '../config/index.ts';
import type { Clock, Secret } from '../core/index.ts';
import {
  describeRetry,
  openHttpClient,
  type RetryNotice,
  sleep as realSleep,
  type Sleep,
} from '../http/index.ts';
import type { EmitProgress } from '../progress/index.ts';
import type { ParsedRequest } from '../request/index.ts';
import { azureBackend } from './azure-backend.ts';
import { azureCredential, type CredentialOptions } from './azure-credential.ts';
import type { Backend, SubmitResult } from './backend.ts';
import { callerToken } from './caller-token.ts';
import { endRun } from './end-run.ts';
import { followToEnd } from './follow-to-end.ts';
import { orderedParameters } from './order-run.ts';

export interface PipelineOrder {
  readonly settings: NonNullable<Settings['adoConfig']>;
  /** Of the git server that the CI builds for. */
  readonly host: string;
}

export interface PipelineOptions extends Pick<CredentialOptions, 'environment' | 'isGithub'> {
  readonly pipeline: PipelineOrder;
  readonly identity: Settings['identity'];
  readonly given: CredentialOptions['given'] & { readonly token?: Secret | undefined };
  /** Told as soon as there is a run. */
  readonly onStarted?: (run: StartedRun) => Promise<void>;
  readonly emit: EmitProgress;
  readonly clock: Clock;
  readonly userAgent: string;
  /** In [0, 1). */
  readonly random: () => number;
  /** The real one when left out. */
  readonly sleep?: Sleep;
}

/** The pipeline of the configuration, and what one can have it do. Disposing of it ends what it holds open. */
export interface Pipeline {
  /** `submission` is a text that no other submission has. */
  backend(submission: string): Backend<ParsedRequest>;
  /** Follows a run that was started before. */
  attach(runId: number, signal: AbortSignal): Promise<SubmitResult>;
  /** Tells a run to stop, in so many milliseconds, and people what came of it. Does not throw. */
  cancel(runId: number, patience: number): Promise<void>;
  /** The final YAML of the run that a request would start. */
  preview(request: ParsedRequest, yaml: string | undefined, signal: AbortSignal): Promise<string>;
}

/** Opens the pipeline that the configuration names. Throws `usage.invalid` when nothing says how to log in. */
export function openPipeline(options: PipelineOptions): Pipeline & AsyncDisposable {
  const { pipeline, identity, environment, isGithub, given, emit, clock, userAgent, random } = options;
  const { sleep = realSleep } = options;
  const { adoRetryStrategy: retry, adoParameters: form, adoTimeout, adoRefreshInterval } = pipeline.settings;
  const policy = { attempts: retry.attempts, firstWait: retry.delay * 1000 };
  const http = openHttpClient({ clock, random, userAgent, policy, sleep });
  const azure = connect(options, http);
  const shared = {
    azure,
    emit,
    clock,
    sleep,
    limits: { deadline: adoTimeout, longestPause: adoRefreshInterval * 1000 },
  };
  const token = (request: ParsedRequest, signal: AbortSignal) =>
    callerToken(
      request,
      { environment, host: pipeline.host, isGithub, given: given.token, http, identity },
      signal,
    );
  return {
    backend: (submission) =>
      azureBackend({
        ...{ ...shared, form, submission, token },
        ...(options.onStarted === undefined ? {} : { onStarted: options.onStarted }),
      }),
    attach: async (id, signal) => {
      const { url } = await azure.readBuild(id, signal);
      return followToEnd({ id, url, name: undefined }, { ...shared, request: undefined, signal });
    },
    cancel: (id, patience) => endRun({ id, patience }, shared),
    preview: (request, yaml, signal) => {
      const templateParameters = orderedParameters(request, { form, submission: 'preview' });
      return azure.previewRun({ templateParameters, secretVariables: {}, yaml }, signal);
    },
    [Symbol.asyncDispose]: () => http.close(),
  };
}

function connect(
  { pipeline, ...options }: PipelineOptions,
  http: ReturnType<typeof openHttpClient>,
): AzureDevOps {
  const { settings } = pipeline;
  const { clock, emit } = options;
  const onRetry = (notice: RetryNotice) =>
    emit({ kind: 'notice', level: 'info', message: describeRetry(notice) });
  return openAzureDevOps({
    ...{ http, clock, sleep: options.sleep },
    organizationUrl: settings.adoOrganizationUrl,
    project: settings.adoProjectName,
    pipelineId: settings.adoPipelineId,
    pipelineVersion: settings.adoPipelineVersion,
    credential: azureCredential({ ...options, configured: settings, http, onRetry }),
    suppressSignInRedirect: settings.adoSignInRedirect === 'suppress',
    onRetry,
  });
}
