import { ImageBuilderError, reasonOf } from '../core/index.ts';
import { type Digest, printReference, type Reference } from '../oci/index.ts';
import { fetchIfThere, type RegistryClient, readBlob } from '../registry/index.ts';
import { readKeptSteps } from './kept-steps.ts';

/** Of the config of a cache as BuildKit 0.25 writes it with `image-manifest=true`. */
const configType = 'application/vnd.buildkit.cacheconfig.v0';

/** Bytes; a config has some hundred for each step. */
const largestConfig = 16 * 1024 * 1024;

/** A cache of layers that is whole. */
export interface CheckedCache {
  readonly layers: readonly Digest[];
  /** Names of steps whose results should be in it. */
  readonly steps: readonly Digest[];
}

/**
 * Looks whether a reference names a cache of layers, with all that it lists: BuildKit itself says nothing of one that it
 * does not understand, and fails in the middle of a build for a layer that is gone. Undefined when nothing is there.
 * Throws `registry.corrupt` when it is not whole.
 */
export async function checkCache(
  registry: RegistryClient,
  reference: Reference,
): Promise<CheckedCache | undefined> {
  const [found, kept] = await Promise.all([
    fetchIfThere(registry, reference),
    readKeptSteps(registry, reference),
  ]);
  if (found === undefined) return undefined;
  const { manifest, descriptor } = found;
  const { repository } = reference;
  if (manifest.kind !== 'manifest' || manifest.config.mediaType !== configType)
    throw damaged(reference, 'is no cache of layers');
  const config = await readBlob(
    registry,
    { repository, descriptor: manifest.config },
    { limit: largestConfig },
  );
  const listed = readConfig(config, reference);
  const digests = [...new Set(manifest.layers.map(({ digest }) => digest))];
  if (listed.some((digest) => !digests.some((each) => each === digest)))
    throw damaged(reference, 'lists a layer that is not in its manifest');
  const there = await Promise.all(
    digests.map(async (digest) => ({ digest, found: await registry.hasBlob(repository, digest) })),
  );
  const gone = there.find(({ found }) => !found);
  if (gone !== undefined) throw damaged(reference, `has lost its layer ${gone.digest}`);
  return { layers: digests, steps: kept?.cache === descriptor.digest ? kept.steps : [] };
}

/** The digests of the layers that a config lists. */
function readConfig(bytes: Uint8Array, reference: Reference): readonly string[] {
  try {
    const { layers, records } = JSON.parse(new TextDecoder().decode(bytes)) as Record<string, unknown>;
    if (!Array.isArray(layers) || !Array.isArray(records)) throw new Error('no layers and records');
    return layers.map((layer: { readonly blob?: unknown }) => {
      if (typeof layer.blob !== 'string') throw new Error('a layer without a digest');
      return layer.blob;
    });
  } catch (error) {
    throw damaged(reference, `has a config that is not understood: ${reasonOf(error)}`);
  }
}

function damaged(reference: Reference, reason: string): ImageBuilderError {
  const url = printReference(reference);
  return new ImageBuilderError('registry.corrupt', `"${url}" ${reason}`, { url });
}
