import {
  humanSeconds,
  ImageBuilderError,
  isFailure,
  reasonOf,
  throwIfCancelled,
  withDeadline,
} from '../core/index.ts';
import type { Digest } from '../oci/index.ts';
import type { BuildNode } from '../plan/index.ts';
import type { Run } from './run.ts';

/** What a reference names, as it was before the build. */
export interface LayerCache {
  readonly reference: string;
  readonly layers: readonly Digest[];
  /** Names of steps whose results should be in it. */
  readonly steps: readonly Digest[];
}

/** Seconds; a registry that does not answer by then costs more than it saves. */
const checkSeconds = 5;

/**
 * The references of layers that a build can use: those that are there and whole. Undefined when the registry does not
 * answer or refuses to: then nothing is to be kept there either. What goes wrong, and that there is none at all, is one
 * warning and nothing more.
 */
export async function usableCaches(
  { plan, ports, emit }: Run,
  { cache }: BuildNode,
  signal: AbortSignal,
): Promise<readonly LayerCache[] | undefined> {
  if (plan.noCache) return [];
  const warn = (message: string) => emit({ kind: 'notice', level: 'warning', message });
  const look = async (reference: string, inTime: AbortSignal): Promise<LayerCache[] | undefined> => {
    try {
      const found = await ports.checkCache(reference, inTime);
      return found === undefined ? undefined : [{ reference, ...found }];
    } catch (error) {
      if (!isFailure(error, 'registry.corrupt')) throw error;
      warn(`layers are not taken from the cache: ${reasonOf(error)}`);
      return [];
    }
  };
  try {
    const found = await withDeadline({ signal, seconds: checkSeconds, late: answersTooSlowly }, (inTime) =>
      Promise.all(cache.import.map((reference) => look(reference, inTime))),
    );
    if (found.length > 0 && found.every((each) => each === undefined))
      warn(`layers are not taken from the cache: there is none yet at ${cache.import.join(' or ')}`);
    return found.flatMap((each) => each ?? []);
  } catch (error) {
    throwIfCancelled(signal);
    warn(`the cache is not used: ${reasonOf(error)}`);
    return undefined;
  }
}

function answersTooSlowly(): ImageBuilderError {
  const message = `it did not answer in ${humanSeconds(checkSeconds)}`;
  return new ImageBuilderError('internal', message, { where: 'cache' });
}
