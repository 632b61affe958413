import { isProductionEvent } from '../policy/index.ts';
import type { BuildPlan } from './build-plan.ts';

export interface CacheQuestion {
  readonly event: string;
  /** Whether policy trusts what it builds as much as production, which is signed. */
  readonly trusted: boolean;
  readonly imageName: string;
  readonly cache: { readonly enabled: boolean; readonly cacheRepo?: string };
}

/**
 * Where layers are cached: one reference for each image and trust tier. A build reads its own tier, then the trusted
 * one, and writes its own only, so that a pull request can use what a push built and never change it.
 */
export function cacheReferences({ event, trusted, imageName, cache }: CacheQuestion): BuildPlan['cache'] {
  if (!cache.enabled || cache.cacheRepo === undefined) return { import: [] };
  const tier = tierOf(event, trusted);
  const reference = (name: string) => `${cache.cacheRepo}/${imageName}:${name}`;
  const own = reference(tier);
  return { import: [...new Set([own, reference('trusted')])], export: own };
}

/** What a rule builds from any branch and leaves unsigned must not be read by what is signed. */
function tierOf(event: string, trusted: boolean): string {
  if (!isProductionEvent(event)) return event.replaceAll('_', '-');
  return trusted ? 'trusted' : 'unsigned';
}
