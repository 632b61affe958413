import { type Clock, throwIfCancelled } from '../core/index.ts';
import { printRepository, type Repository } from '../oci/index.ts';
import type { EmitProgress } from '../progress/index.ts';
import type { ImageContent } from './image-layout.ts';
import { limiter } from './limiter.ts';
import { publishFailure } from './publish-failure.ts';
import type { PublishedRepository } from './push-progress.ts';
import { pushRepository, type RepositoryPush } from './push-repository.ts';
import type { RegistryClient } from './registry-client.ts';

/** Uploads at a time to one registry: enough to fill a link with streams of their own. */
export const defaultConcurrency = 6;
/** Mounts at a time in one registry; they move no bytes. */
const mountConcurrency = 24;

export interface PushOptions {
  readonly registry: RegistryClient;
  readonly image: ImageContent;
  /** A repository that holds the image already. */
  readonly source?: Repository;
  readonly repositories: readonly Repository[];
  readonly clock: Clock;
  readonly emit?: EmitProgress | undefined;
  readonly concurrency?: number;
}

/**
 * Brings the whole image into every repository, by digest and under no tag: uploaded once per registry, and not at all
 * to that of the source, mounted into its other repositories, all registries at the same time. Every repository is over
 * when this throws: `publish.incomplete`, or `registry.refused` when all that failed was refused.
 */
export async function pushEverywhere(options: PushOptions): Promise<readonly PublishedRepository[]> {
  const { registry, repositories } = options;
  throwIfCancelled(registry.signal);
  const unique = new Map(repositories.map((repository) => [printRepository(repository), repository]));
  const groups = Map.groupBy(unique.values(), (repository) => repository.registry);
  const pushes = [...groups.values()].flatMap((group) => pushGroup(options, group));
  const outcomes = await Promise.allSettled(pushes.map(({ done }) => done));
  throwIfCancelled(registry.signal);
  const published = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
  if (published.length === pushes.length) return published;
  throw publishFailure({
    what: 'the image could not be pushed to',
    failures: new Map(
      outcomes.flatMap((outcome, index) => {
        const push = pushes[index];
        return outcome.status === 'rejected' && push
          ? [[printRepository(push.repository), outcome.reason]]
          : [];
      }),
    ),
    published: published.map(({ repository }) => printRepository(repository)),
    harmless: true,
    hint: 'no tag was moved; run the same command again to go on where it stopped',
  });
}

/** The repositories of one registry: the first takes the bytes, unless they are there, the others take them from it. */
function pushGroup(options: PushOptions, group: readonly Repository[]): readonly RepositoryPush[] {
  const { registry, image, source, clock, emit, concurrency = defaultConcurrency } = options;
  const uploads = limiter(concurrency);
  const context = { registry, image, clock, emit, uploads, mounts: limiter(mountConcurrency) };
  const [first, ...others] = group;
  if (first === undefined) return [];
  if (source?.registry === first.registry) {
    const holder = { repository: source, holds: async () => undefined };
    return group.map((repository) => pushRepository(context, repository, holder));
  }
  const taker = pushRepository(context, first, undefined);
  return [taker, ...others.map((repository) => pushRepository(context, repository, taker))];
}
