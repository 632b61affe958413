import { ImageBuilderError } from '../core/index.ts';
import type { Sleep } from '../http/index.ts';
import { type Descriptor, type Digest, digestOf, mediaTypes, printReference } from '../oci/index.ts';
import {
  type ReferrersIndex,
  type ReferrersTag,
  readReferrersTag,
  type referrersTag,
  withReferrers,
} from './referrers-tag.ts';
import type { RegistryClient } from './registry-client.ts';

export interface ReferrersWriting {
  readonly registry: RegistryClient;
  /** In [0, 1), for the jitter between looks. */
  readonly random: () => number;
  readonly sleep: Sleep;
}

/** Adds an entry to the index under a referrers tag and returns when it will stay there. */
export type WriteReferrersTag = (tag: ReturnType<typeof referrersTag>, entry: Descriptor) => Promise<void>;

/**
 * Milliseconds: longer than another writer needs between reading the index and writing it back, so that a look after
 * this time sees whom it overwrote. Half of it to one and a half, and longer with each look that finds a change.
 */
const firstPause = 250;
const longestPause = 4_000;
const maxLooks = 30;

interface Update {
  readonly wanted: Map<Digest, Descriptor>;
  readonly done: Promise<void>;
}

/**
 * Registries do not compare before they write, so that parallel writers of one index overwrite each other. Writers of
 * this process share one update. Against those of other processes it looks again after a pause, writes anew what was
 * lost, and is done when the index holds all of it and has not changed since the look before.
 */
export function referrersTagWriter(writing: ReferrersWriting): WriteReferrersTag {
  const updates = new Map<string, Update>();
  return (tag, entry) => {
    const name = printReference(tag);
    const running = updates.get(name);
    if (running !== undefined) {
      running.wanted.set(entry.digest, entry);
      return running.done;
    }
    const wanted = new Map([[entry.digest, entry]]);
    const done = update({ writing, tag, wanted, over: () => updates.delete(name) });
    updates.set(name, { wanted, done });
    return done;
  };
}

interface UpdateContext {
  readonly writing: ReferrersWriting;
  readonly tag: ReferrersTag;
  /** Grows while the update is running. */
  readonly wanted: ReadonlyMap<Digest, Descriptor>;
  /** From this call on nobody may join. */
  readonly over: () => void;
}

async function update({ writing, tag, wanted, over }: UpdateContext): Promise<void> {
  const { registry, random, sleep } = writing;
  let before: Digest | undefined;
  try {
    for (let look = 1; look <= maxLooks; look++) {
      const index = await readReferrersTag(registry, tag);
      const missing = missingFrom(index, wanted);
      if (missing.length === 0 && index?.digest === before) return;
      before = missing.length === 0 ? index?.digest : await write(registry, tag, { index, missing });
      const pause = Math.min(firstPause * 1.5 ** (look - 1), longestPause);
      await sleep(pause * (0.5 + random()), registry.signal);
    }
    throw unsettled(tag);
  } finally {
    over();
  }
}

function missingFrom(
  index: ReferrersIndex | undefined,
  wanted: ReadonlyMap<Digest, Descriptor>,
): readonly Descriptor[] {
  const present = new Set(index?.referrers.map(({ digest }) => digest));
  return [...wanted.values()].filter(({ digest }) => !present.has(digest));
}

interface Addition {
  readonly index: ReferrersIndex | undefined;
  readonly missing: readonly Descriptor[];
}

async function write(
  registry: RegistryClient,
  { repository, tag }: ReferrersTag,
  { index, missing }: Addition,
): Promise<Digest> {
  const bytes = withReferrers(index, missing);
  await registry.putManifest(repository, tag, { bytes, mediaType: mediaTypes.ociIndex });
  return digestOf(bytes);
}

function unsettled(tag: ReferrersTag): ImageBuilderError<'publish.incomplete'> {
  const name = printReference(tag);
  return new ImageBuilderError(
    'publish.incomplete',
    `the index of referrers "${name}" is changed by others all the time`,
    { failed: [name], published: [] },
    { hint: 'run the same command again when fewer signers work on this image' },
  );
}
