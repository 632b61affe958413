import type { Reference } from '../oci/index.ts';
import type { FetchedManifest } from './manifests.ts';
import type { RegistryClient } from './registry-client.ts';

/** What a reference names; undefined when there is nothing. */
export async function fetchIfThere(
  registry: RegistryClient,
  { repository, tag = '' }: Reference,
): Promise<FetchedManifest | undefined> {
  if ((await registry.resolve(repository, tag)) === undefined) return undefined;
  return registry.fetchManifest(repository, tag);
}
