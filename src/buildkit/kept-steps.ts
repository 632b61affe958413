import { Readable } from 'node:stream';
import { isFailure } from '../core/index.ts';
import { type Digest, emptyConfig, isDigest, mediaTypes, type Reference } from '../oci/index.ts';
import { fetchIfThere, type RegistryClient } from '../registry/index.ts';

const artifactType = 'application/vnd.image-builder.kept-steps.v1';

/** The cache of layers that it speaks of, by digest, and the steps whose results are in it. */
const cacheAnnotation = 'image-builder.kept-steps.cache';
const stepsAnnotation = 'image-builder.kept-steps.steps';

/**
 * Which steps, by names that the caller gave them, have their results in the cache of layers that a reference names.
 * Only a hint: nobody has looked into the cache.
 */
export interface KeptSteps {
  readonly cache: Digest;
  readonly steps: readonly Digest[];
}

/** What was written beside a cache of layers; undefined when that is nothing, or nothing that is understood. */
export async function readKeptSteps(
  registry: RegistryClient,
  cache: Reference,
): Promise<KeptSteps | undefined> {
  try {
    const { annotations = {} } = (await fetchIfThere(registry, besides(cache)))?.manifest ?? {};
    const [of, steps] = [annotations[cacheAnnotation], annotations[stepsAnnotation]?.split(' ')];
    return of !== undefined && isDigest(of) && steps?.every(isDigest) ? { cache: of, steps } : undefined;
  } catch (error) {
    if (isFailure(error, 'registry.corrupt')) return undefined;
    throw error;
  }
}

/** Writes down which steps have their results in the cache of layers that was just written. */
export async function writeKeptSteps(
  registry: RegistryClient,
  cache: Reference,
  steps: readonly Digest[],
): Promise<void> {
  const { repository, tag } = besides(cache);
  const written = await registry.resolve(repository, cache.tag ?? '');
  if (written === undefined) return;
  const { descriptor, bytes } = emptyConfig;
  await registry.uploadBlob(repository, descriptor, { open: () => Readable.from([bytes]) });
  const manifest = {
    schemaVersion: 2,
    mediaType: mediaTypes.ociManifest,
    artifactType,
    config: descriptor,
    layers: [descriptor],
    annotations: { [cacheAnnotation]: written.digest, [stepsAnnotation]: steps.join(' ') },
  };
  const content = { bytes: Buffer.from(JSON.stringify(manifest)), mediaType: manifest.mediaType };
  await registry.putManifest(repository, tag, content);
}

function besides({ repository, tag = '' }: Reference): { repository: Reference['repository']; tag: string } {
  return { repository, tag: `${tag}-steps` };
}
