import { readToken, type Settings, type TokenPlaces } from '../config/index.ts';
import type { GoLogin } from '../pipeline/index.ts';

/** Reads the tokens for private Go modules. Throws `config.invalid`. */
export async function goLogins(
  settings: Settings['goModules'],
  places: TokenPlaces,
): Promise<readonly GoLogin[]> {
  const logins = (settings?.hosts ?? []).map(async (host) => {
    const token = await readToken(host, places);
    return token === undefined ? [] : [{ host: host.host, username: host.username, token }];
  });
  return (await Promise.all(logins)).flat();
}
