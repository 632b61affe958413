import { createHash } from 'node:crypto';
import type { Settings } from '../config/index.ts';
import type { MountCache, NodeCache } from './build-plan.ts';

export interface CacheQuestion {
  /** As `cacheTier` gives it. */
  readonly tier: string;
  readonly imageName: string;
  /** That are built together. */
  readonly platforms: readonly string[];
  readonly cache: Settings['cache'];
}

/**
 * Where layers and cache mounts are kept: one reference for each trust tier, image and group of platforms. A build reads
 * its own tier, then the trusted one, and writes its own only, so that a pull request can use what a push built and never
 * change it. Tiers are repositories of their own, so that a registry can keep credentials to one of them.
 */
export function cacheReferences({ tier, imageName, platforms, cache }: CacheQuestion): NodeCache {
  if (!cache.enabled || cache.cacheRepo === undefined) return { import: [] };
  const reference = (name: string) => `${cache.cacheRepo}/${name}/${imageName}:${groupOf(platforms)}`;
  const own = reference(tier);
  const read = [...new Set([own, reference('trusted')])];
  // BuildKit takes steps whose mounts have other names for other steps, also when it looks into a cache of layers.
  const namespace = cache.enginePerBuild ? imageName : `${tier}/${imageName}`;
  return {
    import: read,
    export: own,
    ...(cache.mounts ? { mounts: mountCache({ read, own, namespace, cache }) } : {}),
  };
}

interface Places extends Pick<CacheQuestion, 'cache'> {
  readonly read: readonly string[];
  readonly own: string;
  readonly namespace: string;
}

/** On an engine that outlives a build, too, no tier finds what another one left. */
function mountCache({ read, own, namespace, cache }: Places): MountCache {
  return {
    read: read.map((reference) => `${reference}-mount`),
    write: `${own}-mount`,
    namespace,
    maxBytes: cache.mountMaxMegabytes * 2 ** 20,
    helperImage: cache.helperImage,
  };
}

/** Characters; a tag has room for 128, with a tier and the key of a mount. */
const longestGroup = 60;

/** Platforms as a part of a tag, in whatever order they were asked for. */
function groupOf(platforms: readonly string[]): string {
  const words = platforms.map((platform) => platform.replaceAll('/', '-')).toSorted();
  const group = words.join('_');
  if (group.length <= longestGroup) return group;
  return createHash('sha256').update(group).digest('hex').slice(0, 16);
}
