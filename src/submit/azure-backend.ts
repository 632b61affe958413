import type { AzureDevOps, StartedRun } from '../azure/index.ts';
import {
  type Clock,
  humanSeconds,
  ImageBuilderError,
  isFailure,
  type Secret,
  withDeadline,
} from '../core/index.ts';
import type { Sleep } from '../http/index.ts';
import { requestAudience } from '../identity/index.ts';
import type { EmitProgress } from '../progress/index.ts';
import type { ParsedRequest } from '../request/index.ts';
import type { Backend, SubmitResult } from './backend.ts';
import { followRun } from './follow-run.ts';
import { orderRun, type PipelineForm } from './order-run.ts';
import { brokenOff, resultOfRun } from './run-result.ts';
import { startRun } from './start-run.ts';

export interface AzurePorts {
  readonly azure: AzureDevOps;
  readonly emit: EmitProgress;
  readonly clock: Clock;
  readonly sleep: Sleep;
}

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

export interface FollowLimits {
  /** Seconds from the start of the run, its time in the queue included. */
  readonly deadline: number;
  /** Milliseconds between two looks at the most. */
  readonly longestPause: number;
}

/** Milliseconds that telling a run to stop may take: runners kill us not long after their signal. */
const cancelMs = 5_000;

/** Carries builds out in a pipeline of Azure DevOps. */
export function azureBackend(options: AzureBackendOptions): Backend<ParsedRequest> {
  const { azure, emit, clock, sleep } = options;
  return {
    kind: 'azure-devops',
    async carryOut(request, signal) {
      emit({ kind: 'notice', level: 'debug', message: `the request is ${requestAudience(request)}` });
      const token = await options.token(request, signal);
      const order = orderRun(request, { ...options, token });
      const run = await startRun({ azure, order, clock, sleep, emit, signal });
      await options.onStarted?.(run);
      return followToEnd(run, { ...options, request, signal });
    },
  };
}

export interface FollowInputs extends AzurePorts {
  readonly limits: FollowLimits;
  /** Undefined for a run that somebody else started. */
  readonly request: ParsedRequest | undefined;
  readonly signal: AbortSignal;
}

/** Follows a run until it ends, and ends it when we are told to stop or it takes too long. Does not throw. */
export async function followToEnd(run: StartedRun, inputs: FollowInputs): Promise<SubmitResult> {
  const { emit, limits, signal, clock, request } = inputs;
  const facts = { ...run, request, clock };
  const began = clock().getTime();
  emit({ kind: 'stage-started', stage: 'run', title: `run ${run.name ?? run.id}: ${run.url}` });
  const finish = (outcome: 'done' | 'failed' | 'cancelled') =>
    emit({ kind: 'stage-finished', stage: 'run', outcome, seconds: (clock().getTime() - began) / 1000 });
  try {
    const late = () => tookTooLong(run, limits.deadline);
    const ended = await withDeadline({ signal, seconds: limits.deadline, late }, (inTime) =>
      followRun({ ...inputs, run, longestPause: limits.longestPause, signal: inTime }),
    );
    const result = resultOfRun(ended, facts);
    finish(
      result.error === undefined ? 'done' : isFailure(result.error, 'cancelled') ? 'cancelled' : 'failed',
    );
    return result;
  } catch (error) {
    const stopped = isFailure(error, 'cancelled') || isFailure(error, 'run.timed-out');
    if (stopped) await cancelRun(run, inputs);
    finish(isFailure(error, 'cancelled') ? 'cancelled' : 'failed');
    return brokenOff(error, facts);
  }
}

async function cancelRun({ id, url }: StartedRun, { azure, emit }: FollowInputs): Promise<void> {
  try {
    await azure.cancelRun(id, AbortSignal.timeout(cancelMs));
    emit({ kind: 'notice', level: 'info', message: `run ${id} was told to stop` });
  } catch (error) {
    const reason = isFailure(error) && error.code !== 'cancelled' ? error.message : 'no answer in time';
    const message = `run ${id} could not be told to stop (${reason}): end it by hand at ${url}`;
    emit({ kind: 'notice', level: 'warning', message });
  }
}

function tookTooLong({ id, url }: StartedRun, seconds: number): ImageBuilderError<'run.timed-out'> {
  const message = `run ${id} took longer than ${humanSeconds(seconds)}, and was told to stop`;
  const hint = `see ${url}; the limit is "ado-timeout" in the configuration`;
  return new ImageBuilderError('run.timed-out', message, { url, seconds }, { hint });
}
