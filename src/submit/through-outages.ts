import { humanSeconds, type ImageBuilderError, isFailure } from '../core/index.ts';
import type { Sleep } from '../http/index.ts';
import type { EmitProgress } from '../progress/index.ts';

export interface OutagePorts {
  readonly emit: EmitProgress;
  readonly sleep: Sleep;
  readonly signal: AbortSignal;
}

export interface OutagePatience {
  /** Attempts in a row, each of which a service may leave unanswered. */
  readonly outages: number;
  /** Attempts in a row that it may refuse: what it took before, it may take again. */
  readonly refusals: number;
}

/** Milliseconds; a service that is down is asked again this much later. */
const outagePause = 15_000;
/** That we get no token, or cannot reach a service, passes; both kinds of service say so by these codes. */
const passing = ['azure.unavailable', 'identity.unavailable'] as const;
const refusing = ['azure.refused', 'azure.rejected'] as const;

/** Repeats a reading as long as the service is down, and says so once. Throws what `work` throws in the end. */
export async function throughOutages<T>(
  { emit, sleep, signal }: OutagePorts,
  { outages, refusals }: OutagePatience,
  work: () => Promise<T>,
): Promise<T> {
  let [unanswered, refused] = [0, 0];
  for (;;) {
    try {
      const result = await work();
      const waited = humanSeconds(((unanswered + refused) * outagePause) / 1000);
      if (unanswered + refused > 0)
        emit({ kind: 'notice', level: 'info', message: `Azure DevOps answers again, after ${waited}` });
      return result;
    } catch (error) {
      const failure = outageOf(error);
      if (failure === undefined) throw error;
      const isRefusal = isOneOf(failure, refusing);
      if (isRefusal) refused++;
      else unanswered++;
      if (refused >= refusals || unanswered >= outages) throw error;
      const level = unanswered + refused === 1 ? 'warning' : 'debug';
      emit({ kind: 'notice', level, message: `${failure.message}; asking again` });
      await sleep(outagePause, signal);
    }
  }
}

function outageOf(error: unknown): ImageBuilderError | undefined {
  return isFailure(error) && isOneOf(error, [...passing, ...refusing]) ? error : undefined;
}

function isOneOf({ code }: ImageBuilderError, codes: readonly string[]): boolean {
  return codes.includes(code);
}
