import { rm } from 'node:fs/promises';
import type { BuildJob, BuildOutcome } from '../buildkit/index.ts';
import { isFailure, reasonOf } from '../core/index.ts';
import { buildIn } from './build-in.ts';
import type { Run } from './run.ts';
import type { LayerCache } from './usable-caches.ts';

export interface CachedBuild {
  readonly job: BuildJob;
  readonly caches: readonly LayerCache[];
}

/**
 * Builds with layers of these caches. The engine fetches them when it needs them, and fails when the registry then gives
 * something else: such a build begins again without them.
 */
export async function buildFromCaches(
  { root, ports, emit }: Pick<Run, 'root' | 'ports' | 'emit'>,
  { job, caches }: CachedBuild,
  signal: AbortSignal,
): Promise<BuildOutcome> {
  const attempt = (cacheFrom: readonly string[]) => buildIn(root, ports.build({ ...job, cacheFrom }, signal));
  try {
    return await attempt(caches.map(({ reference }) => reference));
  } catch (error) {
    if (!isAboutLayers(error, caches)) throw error;
    const message = `layers are not taken from the cache: ${reasonOf(error)}`;
    emit({ kind: 'notice', level: 'warning', message });
    await rm(job.outputDir, { recursive: true, force: true });
    return await attempt([]);
  }
}

/** Whether it names a layer that the engine was to have from a cache: no step of the caller's knows its digest. */
function isAboutLayers(error: unknown, caches: readonly LayerCache[]): boolean {
  if (!isFailure(error, 'build.failed') && !isFailure(error, 'engine.failed')) return false;
  return caches.some(({ layers }) => layers.some((digest) => error.message.includes(digest)));
}
