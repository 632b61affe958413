import { createReadStream } from 'node:fs';
import { type Clock, isFailure, reasonOf } from '../core/index.ts';
import type { Digest, Repository } from '../oci/index.ts';
import type { EmitProgress } from '../progress/index.ts';
import { childrenOf, type ImageLayout, type LayoutBlob } from './image-layout.ts';
import type { Limiter } from './limiter.ts';
import { type PublishedRepository, PushProgress } from './push-progress.ts';
import type { RegistryClient } from './registry-client.ts';
import { settleAll } from './settle-all.ts';

/** Bytes read from disk at a time: few enough to keep memory flat, many enough to keep a fast link busy. */
const readSize = 256 * 1024;

export interface PushContext {
  readonly registry: RegistryClient;
  readonly layout: ImageLayout;
  readonly clock: Clock;
  readonly emit: EmitProgress | undefined;
  /** Shared by the repositories of one registry: uploads compete for the link, mounts only for round trips. */
  readonly uploads: Limiter;
  readonly mounts: Limiter;
}

/** A push that is under way. */
export interface RepositoryPush {
  readonly repository: Repository;
  /** Waits until the repository holds this blob; throws why it never will. */
  readonly holds: (digest: Digest) => Promise<void>;
  readonly done: Promise<PublishedRepository>;
}

/**
 * Starts to bring the whole image into a repository, by digest. With a `source`, each blob is mounted from there as
 * soon as it has arrived there, and uploaded only when the registry does not mount.
 */
export function pushRepository(
  context: PushContext,
  repository: Repository,
  source: RepositoryPush | undefined,
): RepositoryPush {
  const { layout, clock, emit } = context;
  const siblings = new AbortController();
  const signals = [
    siblings.signal,
    ...(context.registry.signal === undefined ? [] : [context.registry.signal]),
  ];
  const registry = context.registry.withSignal(AbortSignal.any(signals));
  const progress = new PushProgress({ repository, blobs: layout.blobs, clock, emit });
  const transfer = transferTo({ ...context, registry }, { repository, source, progress });
  const authorized = registry.authorize(repository);
  const transfers = new Map(
    layout.blobs.map((blob) => [blob.descriptor.digest, authorized.then(() => transfer(blob))]),
  );
  const allHeld = settleAll([authorized, ...transfers.values()], () => siblings.abort('a sibling failed'));
  const push = async () => {
    try {
      await allHeld;
      await putManifests(registry, repository, layout);
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
  readonly source: RepositoryPush | undefined;
  readonly progress: PushProgress;
}

function transferTo(
  { registry, uploads, mounts }: PushContext,
  { repository, source, progress }: TransferTarget,
): (blob: LayoutBlob) => Promise<void> {
  const upload = async (blob: LayoutBlob) => {
    const { descriptor, path } = blob;
    const { digest } = descriptor;
    if (await registry.hasBlob(repository, digest)) return progress.arrived(blob, 'existing');
    await registry.uploadBlob(repository, descriptor, {
      open: () => createReadStream(path, { highWaterMark: readSize }),
      onSent: (bytes) => progress.sent(digest, bytes),
    });
    progress.arrived(blob, 'uploaded');
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
  layout: ImageLayout,
): Promise<void> {
  const puts = new Map<Digest, Promise<void>>();
  for (const { descriptor, bytes, manifest } of layout.manifests) {
    const { digest, mediaType } = descriptor;
    const children = childrenOf(manifest).map((child) => puts.get(child.digest));
    const put = Promise.all(children).then(() =>
      registry.putManifest(repository, digest, { bytes, mediaType }),
    );
    puts.set(digest, put);
  }
  await settleAll([...puts.values()], () => undefined);
}
