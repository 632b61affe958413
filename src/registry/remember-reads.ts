import { Readable } from 'node:stream';
import { type Digest, isDigest, printReference, type Repository } from '../oci/index.ts';
import type { FetchedManifest } from './manifests.ts';
import { readBlob } from './read-blob.ts';
import type { RegistryClient } from './registry-client.ts';

/** Bytes; what is larger is no envelope of a signature, and is streamed. */
const largestBlob = 256 * 1024;

interface Memory {
  readonly manifests: Map<string, FetchedManifest>;
  readonly blobs: Map<string, Uint8Array>;
}

/**
 * The same client, which asks once for what cannot change: manifests and small blobs by digest, as far as they were
 * there and verified. Tags, lists of referrers and whether something is there are asked for each time.
 */
export function rememberReads(
  registry: RegistryClient,
  memory: Memory = { manifests: new Map(), blobs: new Map() },
): RegistryClient {
  return {
    ...registry,
    withSignal: (signal) => rememberReads(registry.withSignal(signal), memory),
    fetchManifest: async (repository, tagOrDigest) => {
      const key = isDigest(tagOrDigest) ? keyOf(repository, tagOrDigest) : undefined;
      const known = key === undefined ? undefined : memory.manifests.get(key);
      const fetched = known ?? (await registry.fetchManifest(repository, tagOrDigest));
      if (key !== undefined) memory.manifests.set(key, fetched);
      return fetched;
    },
    openBlob: async (repository, descriptor) => {
      if (descriptor.size > largestBlob) return registry.openBlob(repository, descriptor);
      // The size is part of what was verified.
      const key = `${keyOf(repository, descriptor.digest)} ${descriptor.size}`;
      const whole = { limit: largestBlob };
      const bytes = memory.blobs.get(key) ?? (await readBlob(registry, { repository, descriptor }, whole));
      memory.blobs.set(key, bytes);
      return Readable.from([bytes], { objectMode: false });
    },
  };
}

function keyOf(repository: Repository, digest: Digest): string {
  return printReference({ repository, digest });
}
