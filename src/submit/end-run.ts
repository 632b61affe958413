import type { AzureDevOps } from '../azure/index.ts';
import { isFailure, reasonOf } from '../core/index.ts';
import type { EmitProgress } from '../progress/index.ts';
import { signalAfter } from './signal-after.ts';

export interface RunEnding {
  readonly id: number;
  /** The page for people, where it is known. */
  readonly url?: string;
  /** Milliseconds that it may take. */
  readonly patience: number;
}

interface EndingPorts {
  readonly azure: Pick<AzureDevOps, 'cancelRun'>;
  readonly emit: EmitProgress;
}

/** Tells a run to stop, and people what came of it. Does not throw. */
export async function endRun({ id, url, patience }: RunEnding, { azure, emit }: EndingPorts): Promise<void> {
  using late = signalAfter(patience);
  try {
    await azure.cancelRun(id, late.signal);
    emit({ kind: 'notice', level: 'info', message: `run ${id} was told to stop` });
  } catch (error) {
    const reason = isFailure(error, 'cancelled') ? 'no answer in time' : reasonOf(error);
    const message = `run ${id} could not be told to stop (${reason}): end it by hand at ${url ?? 'Azure DevOps'}`;
    emit({ kind: 'notice', level: 'warning', message });
  }
}
