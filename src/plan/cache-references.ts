import { isProductionEvent } from '../policy/index.ts';
import type { BuildPlan } from './build-plan.ts';

export interface CacheQuestion {
  readonly event: string;
  readonly imageName: string;
  readonly cache: { readonly enabled: boolean; readonly cacheRepo?: string };
}

/**
 * Where layers are cached: one reference for each image and trust tier. A build reads its own tier, then the trusted
 * one, and writes its own only, so that a pull request can use what a push built and never change it.
 */
export function cacheReferences({ event, imageName, cache }: CacheQuestion): BuildPlan['cache'] {
  if (!cache.enabled || cache.cacheRepo === undefined) return { import: [] };
  const tier = isProductionEvent(event) ? 'trusted' : event.replaceAll('_', '-');
  const reference = (name: string) => `${cache.cacheRepo}/${imageName}:${name}`;
  const own = reference(tier);
  return { import: [...new Set([own, reference('trusted')])], export: own };
}
