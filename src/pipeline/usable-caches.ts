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
 * answer or refuses to: then nothing is to be kept there either. What goes wrong is one warning and nothing more.
 */
export async function usableCaches(
  { plan, ports, emit }: Run,
  { cache }: BuildNode,
  signal: AbortSignal,
): Promise<readonly LayerCache[] | undefined> {
  if (plan.noCache) return [];
  const warn = (message: string) => emit({ kind: 'notice', level: 'warning', message });
  try {
    return await withDeadline({ signal, seconds: checkSeconds, late: answersTooSlowly }, async (inTime) => {
      const checked = cache.import.map(async (reference) => {
        try {
          const found = await ports.checkCache(reference, inTime);
          return found === undefined ? [] : [{ reference, ...found }];
        } catch (error) {
          if (!isFailure(error, 'registry.corrupt')) throw error;
          warn(`layers are not taken from the cache: ${reasonOf(error)}`);
          return [];
        }
      });
      return (await Promise.all(checked)).flat();
    });
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
