import type { AzureDevOps, StartedRun } from '../azure/index.ts';
import { type Clock, humanSeconds, ImageBuilderError, isFailure, withDeadline } from '../core/index.ts';
import type { Sleep } from '../http/index.ts';
import type { EmitProgress } from '../progress/index.ts';
import type { ParsedRequest } from '../request/index.ts';
import { announceAdvice } from './announce-advice.ts';
import { announceWarnings } from './announce-warnings.ts';
import type { SubmitResult } from './backend.ts';
import { endRun } from './end-run.ts';
import { followRun } from './follow-run.ts';
import { brokenOff, resultOfRun } from './run-result.ts';

export interface AzurePorts {
  readonly azure: AzureDevOps;
  readonly emit: EmitProgress;
  readonly clock: Clock;
  readonly sleep: Sleep;
}

export interface FollowLimits {
  /** Seconds that a run is followed, its time in the queue included. */
  readonly deadline: number;
  /** Milliseconds between two looks at the most. */
  readonly longestPause: number;
}

export interface FollowInputs extends AzurePorts {
  readonly limits: FollowLimits;
  /** Undefined for a run that somebody else started. */
  readonly request: ParsedRequest | undefined;
  readonly signal: AbortSignal;
}

/** Milliseconds that telling a run to stop may take: runners kill us 7.5 seconds after their signal. */
const patience = 4_000;

/** Follows a run until it ends, and ends it when we are told to stop or it takes too long. Does not throw. */
export async function followToEnd(run: StartedRun, inputs: FollowInputs): Promise<SubmitResult> {
  const { emit, clock } = inputs;
  const began = clock().getTime();
  emit({ kind: 'stage-started', stage: 'run', title: `run ${run.name ?? run.id}: ${run.url}` });
  const result = await followInTime(run, inputs);
  announceWarnings(result.report, emit);
  announceAdvice(result.report, emit);
  const outcome = { Succeeded: 'done', Failed: 'failed', Canceled: 'cancelled' } as const;
  const seconds = (clock().getTime() - began) / 1000;
  emit({ kind: 'stage-finished', stage: 'run', outcome: outcome[result.report.status], seconds });
  return result;
}

async function followInTime(run: StartedRun, inputs: FollowInputs): Promise<SubmitResult> {
  const { limits, signal, clock, request, emit } = inputs;
  const { deadline: seconds, longestPause } = limits;
  const facts = { ...run, request, clock };
  const late = () => tookTooLong(run, seconds);
  try {
    const ended = await withDeadline({ signal, seconds, late }, (inTime) =>
      followRun({ ...inputs, run, longestPause, signal: inTime }),
    );
    return resultOfRun(ended, facts);
  } catch (error) {
    if (isFailure(error, 'cancelled') || isFailure(error, 'run.timed-out'))
      await endRun({ ...run, patience }, inputs);
    else emit({ kind: 'notice', level: 'warning', message: goesOn(run) });
    return brokenOff(error, facts);
  }
}

function goesOn({ id, url }: StartedRun): string {
  return `run ${id} goes on without us: see ${url}, or follow it with "image-builder attach ${id}"`;
}

function tookTooLong({ id, url }: StartedRun, seconds: number): ImageBuilderError<'run.timed-out'> {
  const message = `run ${id} took longer than ${humanSeconds(seconds)}, and was told to stop`;
  const hint = `see ${url}; the limit is "ado-timeout" in the configuration`;
  return new ImageBuilderError('run.timed-out', message, { url, seconds }, { hint });
}
