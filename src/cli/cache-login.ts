import { readToken, type TokenPlaces } from '../config/index.ts';
import type { BuildPlan } from '../plan/index.ts';
import type { LazyLogin } from './connect.ts';

/** The login with which a plan writes caches; the token of no other tier is looked at. */
export function cacheLogin(
  { cacheLogin: planned }: Pick<BuildPlan, 'cacheLogin'>,
  places: TokenPlaces,
): LazyLogin | undefined {
  if (planned === undefined) return undefined;
  const { registry, username } = planned;
  return {
    registry,
    read: async () => {
      const password = await readToken(planned, places);
      if (password === undefined) throw new Error('a login without a token');
      return { registry, username, password };
    },
  };
}
