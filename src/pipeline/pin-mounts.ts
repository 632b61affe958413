import type { Mount } from '../cache-mounts/index.ts';
import { reasonOf, throwIfCancelled } from '../core/index.ts';
import type { CacheMount } from '../dockerfile/index.ts';
import { parseReference, printRepository } from '../oci/index.ts';
import type { Run } from './run.ts';

/** Which directory a mount is; undefined for one that is not kept. */
export type PinMount = (mount: CacheMount) => Mount | undefined;

type Image = Pick<NonNullable<Mount['from']>, 'image' | 'digest'>;

type PinRun = Pick<Run, 'ports' | 'emit'>;

/**
 * Looks up the images that mounts begin with: their digests tell directories apart. A mount whose image cannot be looked
 * up is not kept, with a warning.
 */
export async function pinMounts(
  run: PinRun,
  mounts: readonly CacheMount[],
  signal: AbortSignal,
): Promise<PinMount> {
  const names = new Set(mounts.flatMap(({ from }) => from?.untrustedImage ?? []));
  const found = await Promise.all(
    [...names].map(async (name) => [name, await lookUp(run, name, signal)] as const),
  );
  const images = new Map(found);
  return ({ from, ...mount }) => {
    if (from === undefined) return mount;
    const { untrustedImage, platform, source } = from;
    const image = images.get(untrustedImage);
    return image && { ...mount, from: { ...image, platform, source } };
  };
}

async function lookUp(
  { ports, emit }: PinRun,
  untrustedImage: string,
  signal: AbortSignal,
): Promise<Image | undefined> {
  try {
    const reference = parseReference(untrustedImage);
    const digest = reference && (reference.digest ?? (await ports.lookUpImage(reference, signal)));
    if (reference === undefined || digest === undefined) throw new Error('there is no such image');
    return { image: `${printRepository(reference.repository)}@${digest}`, digest };
  } catch (error) {
    throwIfCancelled(signal);
    const message = `cache mounts that begin with "${untrustedImage}" are not kept: ${reasonOf(error)}`;
    emit({ kind: 'notice', level: 'warning', message });
    return undefined;
  }
}
