import type { Repository } from '../oci/index.ts';
import { bringBlob } from './bring-blob.ts';
import type { ImageContent } from './image-layout.ts';
import { limiter } from './limiter.ts';
import { defaultConcurrency } from './push-everywhere.ts';
import type { RegistryClient } from './registry-client.ts';
import { settleAll } from './settle-all.ts';

export interface SendOptions {
  readonly registry: RegistryClient;
  /** A part of the image that is to be pushed. */
  readonly image: ImageContent;
  readonly repositories: readonly Repository[];
}

/** What a repository got ahead of the image. */
export interface SentBlobs {
  readonly repository: Repository;
  readonly bytes: number;
}

/**
 * Brings the blobs of a part of an image to where a push of the whole will look for them: the first repository of each
 * registry. Nothing there names them yet. All is over when this throws.
 */
export async function sendBlobs({
  registry,
  image,
  repositories,
}: SendOptions): Promise<readonly SentBlobs[]> {
  const groups = Map.groupBy(repositories, (repository) => repository.registry);
  const firsts = [...groups.values()].flatMap((group) => group.slice(0, 1));
  const stop = new AbortController();
  const signals = [stop.signal, ...(registry.signal === undefined ? [] : [registry.signal])];
  const inTime = registry.withSignal(AbortSignal.any(signals));
  const sending = firsts.map((repository) => sendTo(inTime, image, repository));
  await settleAll(sending, () => stop.abort('a sibling failed'));
  return Promise.all(sending);
}

async function sendTo(
  registry: RegistryClient,
  { blobs }: ImageContent,
  repository: Repository,
): Promise<SentBlobs> {
  const uploads = limiter(defaultConcurrency);
  let bytes = 0;
  const sending = blobs.map((blob) =>
    uploads(async () => {
      if ((await bringBlob(registry, repository, blob)) === 'uploaded') bytes += blob.descriptor.size;
    }),
  );
  await settleAll(sending, () => undefined);
  return { repository, bytes };
}
