import type { Repository } from '../oci/index.ts';
import type { ImageBlob } from './image-layout.ts';
import type { RegistryClient } from './registry-client.ts';

/** Uploads a blob unless the repository holds it. `onSent` is told of the bytes that went out so far. */
export async function bringBlob(
  registry: RegistryClient,
  repository: Repository,
  { descriptor, open, onSent }: ImageBlob & { readonly onSent?: (bytes: number) => void },
): Promise<'existing' | 'uploaded'> {
  if (await registry.hasBlob(repository, descriptor.digest)) return 'existing';
  await registry.uploadBlob(repository, descriptor, { open, ...(onSent === undefined ? {} : { onSent }) });
  return 'uploaded';
}
