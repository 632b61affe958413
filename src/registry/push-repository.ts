import { type Clock, isFailure, reasonOf } from '../core/index.ts';
import type { Digest, Repository } from '../oci/index.ts';
import type { EmitProgress } from '../progress/index.ts';
import { bringBlob } from './bring-blob.ts';
import { childrenOf, type ImageBlob, type ImageContent } from './image-layout.ts';
import type { Limiter } from './limiter.ts';
import { type PublishedRepository, PushProgress } from './push-progress.ts';
import type { RegistryClient } from './registry-client.ts';
import { settleAll } from './settle-all.ts';

export interface PushContext {
  readonly registry: RegistryClient;
  readonly image: ImageContent;
  readonly clock: Clock;
  readonly emit: EmitProgress | undefined;
  /** Shared by the repositories of one registry: uploads compete for the link, mounts only for round trips. */
  readonly uploads: Limiter;
  readonly mounts: Limiter;
}

/** Where blobs come from within one registry. */
export interface BlobSource {
  readonly repository: Repository;
  /** Waits until the repository holds this blob; throws why it never will. */
  readonly holds: (digest: Digest) => Promise<void>;
}

/** A push that is under way. */
export interface RepositoryPush extends BlobSource {
  readonly done: Promise<PublishedRepository>;
}

/**
 * Starts to bring the whole image into a repository, by digest. With a `source`, each blob is mounted from there as
 * soon as it has arrived there, and uploaded only when the registry does not mount.
 */
export function pushRepository(
  context: PushContext,
  repository: Repository,
  source: BlobSource | undefined,
): RepositoryPush {
  const { image, clock, emit } = context;
  const siblings = new AbortController();
  const signals = [
    siblings.signal,
    ...(context.registry.signal === undefined ? [] : [context.registry.signal]),
  ];
  const registry = context.registry.withSignal(AbortSignal.any(signals));
  const progress = new PushProgress({ repository, blobs: image.blobs, clock, emit });
  const transfer = transferTo({ ...context, registry }, { repository, source, progress });
  const authorized = registry.authorize(repository);
  const transfers = new Map(
    image.blobs.map((blob) => [blob.descriptor.digest, authorized.then(() => transfer(blob))]),
  );
  const allHeld = settleAll([authorized, ...transfers.values()], () => siblings.abort('a sibling failed'));
  const push = async () => {
    try {
      await allHeld;
      await putManifests(registry, repository, image);
      return progress.finished();
    } catch (error) {
      progress.failed(isFailure(error, 'cancelled') ? 'cancelled' : 'failed', reasonOf(error));
      throw error;
    }
  };
  const holds = async (digest: Digest) => {
    await transfers.get(digest)?.catch(() => allHeld);
  };
  return { repository, holds, done: push() };
}

interface TransferTarget {
  readonly repository: Repository;
  readonly source: BlobSource | undefined;
  readonly progress: PushProgress;
}

function transferTo(
  { registry, uploads, mounts }: PushContext,
  { repository, source, progress }: TransferTarget,
): (blob: ImageBlob) => Promise<void> {
  const upload = async (blob: ImageBlob) => {
    const { digest } = blob.descriptor;
    const onSent = (bytes: number) => progress.sent(digest, bytes);
    progress.arrived(blob, await bringBlob(registry, repository, { ...blob, onSent }));
  };
  return async (blob) => {
    if (source !== undefined) {
      const { digest } = blob.descriptor;
      await source.holds(digest);
      const mounted = await mounts(() => registry.mountBlob(repository, digest, source.repository));
      if (mounted) return progress.arrived(blob, 'mounted');
    }
    await uploads(() => upload(blob));
  };
}

/** Children before the indexes that name them, otherwise all at once. */
async function putManifests(
  registry: RegistryClient,
  repository: Repository,
  image: ImageContent,
): Promise<void> {
  const puts = new Map<Digest, Promise<void>>();
  for (const { descriptor, bytes, manifest } of image.manifests) {
    const { digest, mediaType } = descriptor;
    const children = childrenOf(manifest).map((child) => puts.get(child.digest));
    const put = Promise.all(children).then(() =>
      registry.putManifest(repository, digest, { bytes, mediaType }),
    );
    puts.set(digest, put);
  }
  await settleAll([...puts.values()], () => undefined);
}
