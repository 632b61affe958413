import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { Readable, type Readable as ReadableStream, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { constants, createZstdCompress, createZstdDecompress } from 'node:zlib';
import { humanBytes } from '../core/index.ts';
import { type Descriptor, parseDigest } from '../oci/index.ts';
import type { RegistryClient } from '../registry/index.ts';
import { layerDescriptor, type SavedMount } from './saved-mount.ts';

/** The archives of all layers, one after another. Fails when a layer is damaged, or when more than `limit` bytes come. */
export function unpackedLayers(
  registry: RegistryClient,
  { repository, layers }: Pick<SavedMount, 'repository' | 'layers'>,
  limit: number,
): ReadableStream {
  async function* archives(): AsyncGenerator<Uint8Array> {
    let bytes = 0;
    for (const layer of layers) {
      const source = await registry.openBlob(repository, layer);
      const unpacking = createZstdDecompress();
      const read = pipeline(source, unpacking);
      // Its failure is thrown below: the digest is only known to be right when all of it was read.
      read.catch(() => undefined);
      for await (const chunk of unpacking as AsyncIterable<Uint8Array>) {
        bytes += chunk.length;
        if (bytes > limit) throw new Error(`unpacks to more than ${humanBytes(limit)}`);
        yield chunk;
      }
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
