import { Readable } from 'node:stream';
import { ImageBuilderError } from '../core/index.ts';
import { type Descriptor, type Digest, digestOf, printRepository, type Repository } from '../oci/index.ts';
import { bringBlob } from './bring-blob.ts';
import { readReferrersTag, referrersTag } from './referrers-tag.ts';
import { type ReferrersWriting, referrersTagWriter, type WriteReferrersTag } from './referrers-tag-writer.ts';
import type { RegistryClient } from './registry-client.ts';

export interface ReferrersListing {
  /**
   * The referrers tag is read only where the registry lacks the referrers API, as other clients do it. True reads it
   * always, for referrers from before the registry had the API.
   */
  readonly alsoTag?: boolean;
}

/** What has been attached to this subject, of every artifact type, each once; empty when nothing has. */
export async function listReferrers(
  registry: RegistryClient,
  { repository, subject }: { readonly repository: Repository; readonly subject: Digest },
  { alsoTag = false }: ReferrersListing = {},
): Promise<readonly Descriptor[]> {
  const fromApi = await registry.queryReferrers(repository, subject);
  if (fromApi !== undefined && !alsoTag) return onceEach(fromApi);
  const index = await readReferrersTag(registry, referrersTag(repository, subject));
  return onceEach([...(fromApi ?? []), ...(index?.referrers ?? [])]);
}

function onceEach(descriptors: readonly Descriptor[]): readonly Descriptor[] {
  const byDigest = new Map<Digest, Descriptor>();
  for (const descriptor of descriptors)
    if (!byDigest.has(descriptor.digest)) byDigest.set(descriptor.digest, descriptor);
  return [...byDigest.values()];
}

/** Something to be stored with a repository and found from its subject. */
export interface Referrer {
  /** The JSON of an image manifest whose `subject` is this one. */
  readonly manifest: Uint8Array;
  readonly mediaType: string;
  readonly subject: Digest;
  readonly artifactType: string;
  /** Those of the manifest: the list under a referrers tag repeats them. */
  readonly annotations?: Readonly<Record<string, string>>;
  /** Everything that the manifest names. */
  readonly blobs: readonly Uint8Array[];
}

/**
 * Stores a referrer and returns its descriptor once it is found from the subject the way that other clients look:
 * through the referrers API, or under the referrers tag where the registry lacks the API. Throws as `RegistryClient`
 * does, and `publish.incomplete` when it is stored but cannot be found.
 */
export type AttachReferrer = (repository: Repository, referrer: Referrer) => Promise<Descriptor>;

/** Milliseconds until a registry that indexes in the background is asked again, in the mean. */
const indexingPause = 500;
const maxLooks = 8;

/** One for each process and registry client: its calls spare each other the races over a referrers tag. */
export function referrerAttacher(writing: ReferrersWriting): AttachReferrer {
  const writeTag = referrersTagWriter(writing);
  return async (repository, referrer) => {
    const { registry } = writing;
    const { manifest: bytes, mediaType } = referrer;
    const descriptor = { mediaType, digest: digestOf(bytes), size: bytes.length };
    for (const blob of referrer.blobs) await pushBlob(registry, repository, blob);
    await registry.putManifest(repository, descriptor.digest, { bytes, mediaType });
    await makeFound({ writing, writeTag, repository, referrer, descriptor });
    return descriptor;
  };
}

interface Attachment {
  readonly writing: ReferrersWriting;
  readonly writeTag: WriteReferrersTag;
  readonly repository: Repository;
  readonly referrer: Referrer;
  readonly descriptor: Descriptor;
}

/** The list decides, not the header `OCI-Subject`, which registries send without having the API. */
async function makeFound(attachment: Attachment): Promise<void> {
  const { writing, writeTag, repository, referrer, descriptor } = attachment;
  const { registry, random, sleep } = writing;
  const { subject, artifactType, annotations } = referrer;
  for (let look = 1; look <= maxLooks; look++) {
    const listed = await registry.queryReferrers(repository, subject);
    if (listed === undefined) {
      const entry = { ...descriptor, artifactType, ...(annotations === undefined ? {} : { annotations }) };
      return writeTag(referrersTag(repository, subject), entry);
    }
    if (listed.some(({ digest }) => digest === descriptor.digest)) return;
    if (look < maxLooks) await sleep(indexingPause * (0.5 + random()), registry.signal);
  }
  const name = `${printRepository(repository)}@${descriptor.digest}`;
  throw new ImageBuilderError(
    'publish.incomplete',
    `"${name}" is stored, but the registry does not list it as a referrer of ${subject}`,
    { failed: [name], published: [] },
    { hint: 'the registry may index in the background: run the same command again' },
  );
}

async function pushBlob(registry: RegistryClient, repository: Repository, bytes: Uint8Array): Promise<void> {
  const mediaType = 'application/octet-stream';
  const descriptor = { mediaType, digest: digestOf(bytes), size: bytes.length };
  const open = () => Readable.from([bytes], { objectMode: false });
  await bringBlob(registry, repository, { descriptor, open });
}
