import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { constants, createZstdCompress, createZstdDecompress } from 'node:zlib';
import { type Descriptor, parseDigest } from '../oci/index.ts';
import type { RegistryClient } from '../registry/index.ts';
import { layerDescriptor, type SavedMount } from './saved-mount.ts';

type Layers = Pick<SavedMount, 'repository' | 'layers'>;

/** All layers as they are stored, one after another. Fails when one is damaged. */
export function packedLayers(registry: RegistryClient, { repository, layers }: Layers): Readable {
  async function* frames(): AsyncGenerator<Uint8Array> {
    for (const layer of layers) yield* await registry.openBlob(repository, layer);
  }
  return Readable.from(frames(), { objectMode: false });
}

/** The archives of all layers, one after another. Fails when a layer is damaged. */
export function unpackedLayers(registry: RegistryClient, { repository, layers }: Layers): Readable {
  async function* archives(): AsyncGenerator<Uint8Array> {
    for (const layer of layers) {
      const source = await registry.openBlob(repository, layer);
      const unpacking = createZstdDecompress();
      const read = pipeline(source, unpacking);
      // Its failure is thrown below: the digest is only known to be right when all of it was read.
      read.catch(() => undefined);
      yield* unpacking;
      await read;
    }
  }
  return Readable.from(archives(), { objectMode: false });
}

/** Compresses an archive into a file. */
export async function packLayer(archive: AsyncIterable<Uint8Array>, path: string): Promise<Descriptor> {
  const hash = createHash('sha256');
  let size = 0;
  const measure = new Transform({
    transform(chunk: Uint8Array, _, done) {
      hash.update(chunk);
      size += chunk.length;
      done(null, chunk);
    },
  });
  // The fastest level packs a compiler's cache four times smaller, as fast as a disk takes it.
  const packing = createZstdCompress({ params: { [constants.ZSTD_c_compressionLevel]: 1 } });
  await pipeline(archive, packing, measure, createWriteStream(path));
  const digest = parseDigest(`sha256:${hash.digest('hex')}`);
  if (digest === undefined) throw new Error('a digest that is none');
  return layerDescriptor(digest, size);
}
