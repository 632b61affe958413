import { createHash } from 'node:crypto';
import { lstat, mkdir, readdir, rename, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../core/index.ts';
import type { BuildPlan } from '../plan/index.ts';
import { contextStamp } from './context-stamp.ts';

/** Milliseconds; long enough for a registry to come back, short enough that nobody wonders where the disk went. */
const lifetime = 24 * 60 * 60_000;

/** Built images that could not be published yet, so that the next run goes on at the push. */
export interface KeptImages {
  /** The layout of the image that this plan would build, if it was kept and nothing was touched since. */
  find(plan: BuildPlan): Promise<string | undefined>;
  /** Takes over the layout at `directory`, which is on the same file system. */
  keep(plan: BuildPlan, directory: string): Promise<void>;
  /** Forgets a layout that `find` gave out. */
  drop(directory: string): Promise<void>;
}

export interface KeptImagesOptions {
  /** Belongs to this user alone: one that somebody else prepared is not used. */
  readonly folder: string;
  /** Absolute path of the checkout. */
  readonly root: string;
  readonly clock: Clock;
}

export function keptImages({ folder, root, clock }: KeptImagesOptions): KeptImages {
  const placeOf = async (plan: BuildPlan) => join(folder, keyOf(plan, await contextStamp(root, plan)));
  return {
    async find(plan) {
      if (plan.noCache || !(await isOurs(folder))) return undefined;
      await removeOld(folder, clock);
      if ((await readdir(folder)).length === 0) return undefined;
      const place = await placeOf(plan);
      return (await exists(place)) ? place : undefined;
    },
    async keep(plan, directory) {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      if (plan.noCache || !(await isOurs(folder))) return;
      const place = await placeOf(plan);
      await rm(place, { recursive: true, force: true });
      await rename(directory, place);
      await utimes(place, clock(), clock());
    },
    drop: (directory) => rm(directory, { recursive: true, force: true }),
  };
}

/** Everything of a plan that influences what is built; where it goes, and the reading of the clock, do not. */
function keyOf(plan: BuildPlan, stamp: string): string {
  const { 'org.opencontainers.image.created': _, ...labels } = plan.labels;
  const { source, image, platforms, buildArgs, buildContexts, secrets, attestations, sourceDateEpoch } = plan;
  const influences = [stamp, source.commit, image, platforms, buildArgs, buildContexts, secrets, labels];
  return createHash('sha256')
    .update(JSON.stringify([...influences, attestations, sourceDateEpoch]))
    .digest('hex');
}

async function isOurs(folder: string): Promise<boolean> {
  const found = await lstat(folder).catch(() => undefined);
  return found?.isDirectory() === true && found.uid === process.getuid?.() && (found.mode & 0o077) === 0;
}

async function exists(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined)) !== undefined;
}

async function removeOld(folder: string, clock: Clock): Promise<void> {
  for (const name of await readdir(folder)) {
    const path = join(folder, name);
    const { mtimeMs } = await stat(path);
    if (clock().getTime() - mtimeMs > lifetime) await rm(path, { recursive: true, force: true });
  }
}
