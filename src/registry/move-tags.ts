import { type Clock, isFailure, reasonOf, throwIfCancelled } from '../core/index.ts';
import { type Digest, printReference, printRepository, type Repository } from '../oci/index.ts';
import type { EmitProgress } from '../progress/index.ts';
import { type Limiter, limiter } from './limiter.ts';
import type { ManifestBytes, RawManifest } from './manifests.ts';
import { publishFailure } from './publish-failure.ts';
import type { RegistryClient } from './registry-client.ts';

/** Calls at a time; each is one small request. */
const concurrency = 24;

export interface MoveTagsOptions {
  readonly registry: RegistryClient;
  /** Each must hold the whole image already. */
  readonly repositories: readonly Repository[];
  readonly tags: readonly string[];
  readonly manifest: ManifestBytes & { readonly digest: Digest };
  readonly clock: Clock;
  readonly emit?: EmitProgress | undefined;
}

/** References as people pull them. */
export interface MovedTags {
  readonly moved: readonly string[];
  /** Those that named the image before. */
  readonly unchanged: readonly string[];
}

interface TagMove {
  readonly repository: Repository;
  readonly tag: string;
  readonly name: string;
  /** What the tag named when we came. */
  readonly before: RawManifest | undefined;
}

/**
 * Points every tag in every repository to the manifest, or none: when one cannot be moved, or the work is cancelled,
 * those that were moved are put back. Throws as `publishImage` does; `details.published` names the references that
 * could not be put back.
 */
export async function moveTags(options: MoveTagsOptions): Promise<MovedTags> {
  const { registry, manifest } = options;
  throwIfCancelled(registry.signal);
  const limit = limiter(concurrency);
  const all = await readTags(options, limit);
  const moves = all.filter(({ before }) => before?.descriptor.digest !== manifest.digest);
  const failures = await putTags(options, all, limit);
  const names = (list: readonly TagMove[]) => list.map(({ name }) => name);
  if (failures.size === 0) {
    return { moved: names(moves), unchanged: names(all.filter((move) => !moves.includes(move))) };
  }
  const undone = await Promise.all(moves.map((move) => limit(() => putBack(options, move, failures))));
  const left = names(moves.filter((_, index) => undone[index] === false));
  if (left.length === 0) throwIfCancelled(registry.signal);
  throw publishFailure({
    what: 'tags were not moved,',
    failures,
    published: left,
    harmless: left.length === 0,
    hint:
      left.length === 0
        ? 'every tag names what it named before; run the same command again'
        : `these tags already name the new image: ${left.join(', ')}; run the same command again`,
  });
}

async function readTags(
  { registry, repositories, tags }: MoveTagsOptions,
  limit: Limiter,
): Promise<TagMove[]> {
  const references = repositories.flatMap((repository) => tags.map((tag) => ({ repository, tag })));
  const unique = new Map(references.map((reference) => [printReference(reference), reference]));
  const failures = new Map<string, unknown>();
  const reads = [...unique].map(([name, { repository, tag }]) =>
    limit(async (): Promise<TagMove[]> => {
      try {
        return [{ repository, tag, name, before: await registry.findManifest(repository, tag) }];
      } catch (error) {
        failures.set(name, error);
        return [];
      }
    }),
  );
  const found = (await Promise.all(reads)).flat();
  if (failures.size === 0) return found;
  throwIfCancelled(registry.signal);
  const hint = 'no tag was moved; run the same command again';
  throw publishFailure({ what: 'tags were not moved,', failures, published: [], harmless: true, hint });
}

/** Moves what is not right yet, one step for each repository; returns why references failed. */
async function putTags(
  { registry, manifest, clock, emit }: MoveTagsOptions,
  all: readonly TagMove[],
  limit: Limiter,
): Promise<ReadonlyMap<string, unknown>> {
  const failures = new Map<string, unknown>();
  const groups = Map.groupBy(all, ({ repository }) => printRepository(repository));
  const steps = [...groups].map(async ([repository, group]) => {
    const id = `tag:${repository}`;
    const started = clock().getTime();
    const untrustedName = `${repository}: ${group.map(({ tag }) => tag).join(', ')}`;
    emit?.({ kind: 'step-started', id, stage: 'tag', untrustedName });
    const moves = group.filter(({ before }) => before?.descriptor.digest !== manifest.digest);
    const put = async (move: TagMove) => {
      try {
        await registry.putManifest(move.repository, move.tag, manifest);
      } catch (error) {
        failures.set(move.name, error);
      }
    };
    await Promise.all(moves.map((move) => limit(() => put(move))));
    const seconds = (clock().getTime() - started) / 1000;
    const [error] = moves.flatMap(({ name }) => failures.get(name) ?? []);
    emit?.({ kind: 'step-finished', id, seconds, ...outcomeOf(moves.length, error) });
  });
  await Promise.all(steps);
  return failures;
}

function outcomeOf(moves: number, error: unknown) {
  if (error === undefined) return { outcome: moves === 0 ? 'cached' : 'done' } as const;
  const outcome = isFailure(error, 'cancelled') ? 'cancelled' : 'failed';
  return { outcome, untrustedError: reasonOf(error) } as const;
}

/**
 * Makes a tag name again what it named before, unless somebody else moved it meanwhile. Not stopped by a cancellation.
 * A PUT that failed is looked at too: perhaps only its answer was lost. False when the tag still names our image.
 */
async function putBack(
  { registry, manifest, emit }: MoveTagsOptions,
  { repository, tag, name, before }: TagMove,
  failures: ReadonlyMap<string, unknown>,
): Promise<boolean> {
  const steady = registry.withSignal(undefined);
  try {
    const now = await steady.resolve(repository, tag);
    if (now?.digest !== manifest.digest) return true;
    if (before === undefined) return await steady.deleteTag(repository, tag);
    await steady.putManifest(repository, tag, {
      bytes: before.bytes,
      mediaType: before.descriptor.mediaType,
    });
    return true;
  } catch (error) {
    emit?.({
      kind: 'notice',
      level: 'warning',
      message: `${name} could not be put back: ${reasonOf(error)}`,
    });
    return failures.has(name);
  }
}
