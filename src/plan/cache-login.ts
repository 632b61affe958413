import type { Settings } from '../config/index.ts';
import { parseRepository } from '../oci/index.ts';
import type { BuildPlan } from './build-plan.ts';

/** The login with which caches of a tier are written, and where its token is; absent where that of docker counts. */
export function planCacheLogin(tier: string, cache: Settings['cache']): Pick<BuildPlan, 'cacheLogin'> {
  const login = cache.enabled ? cache.logins.find((each) => each.tier === tier) : undefined;
  const place = parseRepository(`${cache.cacheRepo}/${tier}`);
  if (login === undefined || place === undefined) return {};
  const { username, tokenVariable, tokenFile } = login;
  return {
    cacheLogin: {
      ...{ registry: place.registry, username },
      ...(tokenVariable === undefined ? {} : { tokenVariable }),
      ...(tokenFile === undefined ? {} : { tokenFile }),
    },
  };
}
