import { ImageBuilderError, reasonOf } from '../core/index.ts';
import {
  type Descriptor,
  type Digest,
  mediaTypes,
  parseManifest,
  printReference,
  type Repository,
} from '../oci/index.ts';
import type { RawManifest } from './manifests.ts';
import type { RegistryClient } from './registry-client.ts';

/** The index under a referrers tag, as it was found. */
export interface ReferrersIndex {
  /** Of its bytes. */
  readonly digest: Digest;
  readonly referrers: readonly Descriptor[];
  /** The JSON as somebody wrote it, so that what we do not know survives us. */
  readonly document: Readonly<Record<string, unknown>>;
}

export interface ReferrersTag {
  readonly repository: Repository;
  readonly tag: string;
}

/** Distribution specification v1.1, "Referrers Tag Schema": for registries without the referrers API. */
export function referrersTag(repository: Repository, subject: Digest): ReferrersTag {
  const [algorithm = '', hex = ''] = subject.split(':');
  return { repository, tag: `${algorithm.slice(0, 32)}-${hex.slice(0, 64)}` };
}

/** Undefined when nothing has been attached; throws `registry.corrupt` when the tag names something else. */
export async function readReferrersTag(
  registry: RegistryClient,
  tag: ReferrersTag,
): Promise<ReferrersIndex | undefined> {
  const found = await registry.findManifest(tag.repository, tag.tag);
  return found === undefined ? undefined : parseIndex(found, tag);
}

function parseIndex({ bytes, descriptor }: RawManifest, tag: ReferrersTag): ReferrersIndex {
  const url = printReference(tag);
  const corrupt = (reason: string, cause?: unknown) =>
    new ImageBuilderError('registry.corrupt', `${url}: ${reason}`, { url }, { cause });
  if (descriptor.mediaType !== mediaTypes.ociIndex)
    throw corrupt(`expected an index of referrers, got "${descriptor.mediaType}"`);
  try {
    const index = parseManifest(bytes, descriptor.mediaType);
    const document = JSON.parse(Buffer.from(bytes).toString()) as Record<string, unknown>;
    return { digest: descriptor.digest, referrers: index.kind === 'index' ? index.manifests : [], document };
  } catch (cause) {
    throw corrupt(`not an index of referrers: ${reasonOf(cause)}`, cause);
  }
}

/** The bytes of the index with more entries; a new one when there is none. */
export function withReferrers(index: ReferrersIndex | undefined, entries: readonly Descriptor[]): Uint8Array {
  const document = index?.document ?? { schemaVersion: 2, mediaType: mediaTypes.ociIndex };
  const before = Array.isArray(document.manifests) ? document.manifests : [];
  return Buffer.from(JSON.stringify({ ...document, manifests: [...before, ...entries] }));
}
