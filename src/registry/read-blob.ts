import { humanBytes, ImageBuilderError } from '../core/index.ts';
import { type Descriptor, printReference, type Repository } from '../oci/index.ts';
import type { RegistryClient } from './registry-client.ts';

/** The whole of a small blob, verified. Throws `registry.corrupt` when its descriptor promises more than `limit` bytes. */
export async function readBlob(
  registry: RegistryClient,
  { repository, descriptor }: { readonly repository: Repository; readonly descriptor: Descriptor },
  { limit }: { readonly limit: number },
): Promise<Uint8Array> {
  const { digest, size } = descriptor;
  if (size > limit) {
    const url = printReference({ repository, digest });
    const message = `${url}: blob has ${humanBytes(size)}, expected at most ${humanBytes(limit)}`;
    throw new ImageBuilderError('registry.corrupt', message, { url });
  }
  const chunks: Uint8Array[] = [];
  for await (const chunk of await registry.openBlob(repository, descriptor)) chunks.push(chunk);
  return Buffer.concat(chunks);
}
