import { createHash } from 'node:crypto';
import { readdir, rename, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../core/index.ts';
import type { BuildPlan } from '../plan/index.ts';
import { contextStamp } from './context-stamp.ts';

const prefix = 'kept-';

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
  /** Belongs to this user alone; without one nothing is kept. */
  readonly folder: string | undefined;
  /** Absolute path of the checkout. */
  readonly root: string;
  readonly clock: Clock;
}

export function keptImages({ folder, root, clock }: KeptImagesOptions): KeptImages {
  return {
    async find(plan) {
      if (!mayBeKept(plan) || folder === undefined || !(await anyIn(folder))) return undefined;
      const place = join(folder, keyOf(plan, await contextStamp(root, plan)));
      return (await exists(place)) ? place : undefined;
    },
    async keep(plan, directory) {
      if (!mayBeKept(plan) || folder === undefined) return;
      const place = join(folder, keyOf(plan, await contextStamp(root, plan)));
      await rm(place, { recursive: true, force: true });
      await rename(directory, place);
      await utimes(place, clock(), clock());
    },
    drop: (directory) => rm(directory, { recursive: true, force: true }),
  };
}

/** What a secret holds is not for us to know, so neither is whether it changed. */
function mayBeKept({ noCache, secrets }: BuildPlan): boolean {
  return !noCache && secrets.length === 0;
}

/** Everything of a plan that influences what is built; where it goes, and the reading of the clock, do not. */
function keyOf(plan: BuildPlan, stamp: string): string {
  const { 'org.opencontainers.image.created': _, ...labels } = plan.labels;
  const { source, image, platforms, buildArgs, buildContexts, attestations, compression } = plan;
  const influences = [stamp, source.commit, image, platforms, buildArgs, buildContexts, labels];
  const text = JSON.stringify([...influences, attestations, compression, plan.sourceDateEpoch]);
  return `${prefix}${createHash('sha256').update(text).digest('hex')}`;
}

async function exists(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined)) !== undefined;
}

async function anyIn(folder: string): Promise<boolean> {
  return (await readdir(folder)).some((name) => name.startsWith(prefix));
}
