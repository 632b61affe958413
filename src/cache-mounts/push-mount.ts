import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import { emptyConfig, type Reference } from '../oci/index.ts';
import type { RegistryClient } from '../registry/index.ts';
import type { PackedMount } from './save-handlers.ts';

/** Saves a directory under a tag. The manifest comes last: until then nothing of it can be found. */
export async function pushMount(
  registry: RegistryClient,
  { repository, tag = '' }: Reference,
  { manifest, state, layer, path }: PackedMount,
): Promise<void> {
  await Promise.all([
    registry.uploadBlob(repository, layer, { open: () => createReadStream(path) }),
    ...[state, emptyConfig].map(({ descriptor, bytes }) =>
      registry.uploadBlob(repository, descriptor, { open: () => Readable.from([bytes]) }),
    ),
  ]);
  const { mediaType } = manifest.descriptor;
  await registry.putManifest(repository, tag, { bytes: manifest.bytes, mediaType });
}
