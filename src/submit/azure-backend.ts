import type { StartedRun } from '../azure/index.ts';
import { reasonOf, type Secret } from '../core/index.ts';
import { requestAudience } from '../identity/index.ts';
import type { ParsedRequest } from '../request/index.ts';
import type { Backend } from './backend.ts';
import { type AzurePorts, type FollowLimits, followToEnd } from './follow-to-end.ts';
import { orderRun, type PipelineForm } from './order-run.ts';
import { startOnce } from './start-once.ts';

export interface AzureBackendOptions extends AzurePorts {
  /** What the pipeline takes. */
  readonly form: PipelineForm;
  /** A text that no other submission has. */
  readonly submission: string;
  /** The token that proves who we are to the pipeline; asked for when the request is known. */
  readonly token: (request: ParsedRequest, signal: AbortSignal) => Promise<Secret>;
  /** Told as soon as there is a run, so that whoever cleans up after us can end it. */
  readonly onStarted?: (run: StartedRun) => Promise<void>;
  readonly limits: FollowLimits;
}

/** Carries builds out in a pipeline of Azure DevOps. */
export function azureBackend(options: AzureBackendOptions): Backend<ParsedRequest> {
  const { azure, emit, clock, sleep } = options;
  return {
    kind: 'azure-devops',
    async carryOut(request, signal) {
      emit({ kind: 'notice', level: 'debug', message: `the request is ${requestAudience(request)}` });
      const token = await options.token(request, signal);
      const order = orderRun(request, { ...options, token });
      const run = await startOnce({ azure, order, clock, sleep, emit, signal });
      await tellOfStart(run, options);
      return followToEnd(run, { ...options, request, signal });
    },
  };
}

/** A run that nobody can be told of is followed all the same. */
async function tellOfStart(run: StartedRun, { onStarted, emit }: AzureBackendOptions): Promise<void> {
  try {
    await onStarted?.(run);
  } catch (error) {
    const message = `run ${run.id} goes on when this process is killed: ${reasonOf(error)}`;
    emit({ kind: 'notice', level: 'warning', message });
  }
}
