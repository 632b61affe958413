import { type AzureDevOps, isUncertain, type RunOrder, type StartedRun } from '../azure/index.ts';
import { type Clock, isFailure } from '../core/index.ts';
import type { Sleep } from '../http/index.ts';
import type { EmitProgress } from '../progress/index.ts';

export interface RunStart {
  readonly azure: Pick<AzureDevOps, 'startRun' | 'findRun' | 'cancelRun'>;
  readonly order: RunOrder;
  readonly clock: Clock;
  readonly sleep: Sleep;
  readonly emit: EmitProgress;
  readonly signal: AbortSignal;
}

/** How often an order is sent whose answer was lost each time, and that left no trace. */
const attempts = 3;
/** Milliseconds before each look for a run whose answer was lost: the service lists a run a moment after it took it. */
const looks = [1_000, 4_000];
/** Milliseconds that ending a run may take which was started while we were told to stop. */
const lastWordsMs = 5_000;

/**
 * Starts a run, and only one: where the answer is lost, the run that was started is looked for by what it was sent
 * before anything is sent again. Throws what `azure` throws.
 */
export async function startRun(start: RunStart): Promise<StartedRun> {
  const notBefore = start.clock();
  try {
    for (let attempt = 1; ; attempt++) {
      try {
        return await start.azure.startRun(start.order, start.signal);
      } catch (error) {
        if (!isUncertain(error)) throw error;
        const found = await lookForRun(start, notBefore);
        if (found !== undefined) return found;
        if (attempt >= attempts) throw error;
      }
    }
  } catch (error) {
    if (isFailure(error, 'cancelled')) await endOrphan(start, notBefore);
    throw error;
  }
}

async function lookForRun(
  { azure, order: { templateParameters }, sleep, emit, signal }: RunStart,
  notBefore: Date,
): Promise<StartedRun | undefined> {
  const message = 'the answer of Azure DevOps was lost; looking for the run that it may have started';
  emit({ kind: 'notice', level: 'info', message });
  for (const wait of looks) {
    await sleep(wait, signal);
    const found = await azure.findRun({ templateParameters, notBefore }, signal);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** A run that was started just when we were told to stop must not go on with nobody waiting for it. */
async function endOrphan(
  { azure, order: { templateParameters }, emit }: RunStart,
  notBefore: Date,
): Promise<void> {
  const signal = AbortSignal.timeout(lastWordsMs);
  try {
    const found = await azure.findRun({ templateParameters, notBefore }, signal);
    if (found === undefined) return;
    await azure.cancelRun(found.id, signal);
    emit({ kind: 'notice', level: 'info', message: `run ${found.id} was told to stop: ${found.url}` });
  } catch {
    const message = 'a run may have been started all the same: look for it in Azure DevOps, and end it';
    emit({ kind: 'notice', level: 'warning', message });
  }
}
