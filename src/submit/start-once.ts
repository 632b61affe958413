import { type AzureDevOps, isUncertain, type RunOrder, type StartedRun } from '../azure/index.ts';
import { type Clock, isFailure, throwIfCancelled } from '../core/index.ts';
import type { Sleep } from '../http/index.ts';
import type { EmitProgress } from '../progress/index.ts';
import type { MarkedOrder } from './order-run.ts';
import { signalAfter } from './signal-after.ts';
import { throughOutages } from './through-outages.ts';

export interface RunStart {
  readonly azure: Pick<AzureDevOps, 'startRun' | 'findRun'>;
  readonly order: MarkedOrder;
  readonly clock: Clock;
  readonly sleep: Sleep;
  readonly emit: EmitProgress;
  readonly signal: AbortSignal;
}

/** How often an order is sent whose answer was lost each time, and that left no trace. */
const attempts = 3;
/** Milliseconds before each look for a run whose answer was lost: the service lists a run a moment after it took it. */
const looks = [1_000, 4_000, 10_000];
/** Some minutes in all: nothing may be sent again as long as nobody can look. */
const patience = { outages: 20, refusals: 3 };
/**
 * Milliseconds that we go on after we were told to stop, to learn which run there is to end. Runners give 7.5 seconds
 * for everything.
 */
const lastWords = 2_500;

/**
 * Starts a run, and only one: where the answer is lost, the run that was started is looked for by what it alone was
 * sent before anything is sent again. Throws what `azure` throws.
 */
export async function startOnce(start: RunStart): Promise<StartedRun> {
  throwIfCancelled(start.signal);
  using late = signalAfter(lastWords, start.signal);
  try {
    return await startOrFind({ ...start, signal: late.signal }, start.signal);
  } catch (error) {
    if (isFailure(error, 'cancelled')) warnOfOrphan(start.emit);
    throw error;
  }
}

/** `told` is aborted when we are told to stop, which is some time before the signal of `start` is. */
async function startOrFind(start: RunStart, told: AbortSignal): Promise<StartedRun> {
  const notBefore = start.clock();
  for (let attempt = 1; ; attempt++) {
    try {
      return await start.azure.startRun(start.order, start.signal);
    } catch (error) {
      if (!isUncertain(error)) throw error;
      const found = await lookForRun(start, notBefore, error);
      if (found !== undefined) return found;
      throwIfCancelled(told);
      if (attempt >= attempts) throw error;
    }
  }
}

/** Throws `lost` when nobody can look: it says that a run may have been started. */
async function lookForRun(
  { azure, order, ...ports }: RunStart,
  notBefore: Date,
  lost: Error,
): Promise<StartedRun | undefined> {
  const { emit, sleep, signal } = ports;
  const message = 'the answer of Azure DevOps was lost; looking for the run that it may have started';
  emit({ kind: 'notice', level: 'info', message });
  const sought: RunOrder['templateParameters'] = order.mark;
  try {
    for (const wait of looks) {
      await sleep(wait, signal);
      const look = () => azure.findRun({ templateParameters: sought, notBefore }, signal);
      const found = await throughOutages(ports, patience, look);
      if (found !== undefined) return found;
    }
    return undefined;
  } catch (error) {
    throw isFailure(error, 'cancelled') ? error : lost;
  }
}

function warnOfOrphan(emit: EmitProgress): void {
  const message = 'a run may have been started all the same: look for it in Azure DevOps, and end it';
  emit({ kind: 'notice', level: 'warning', message });
}
