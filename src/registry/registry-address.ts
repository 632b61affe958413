import { dockerHubRegistry, isLoopbackRegistry } from '../oci/index.ts';

/** Docker Hub answers the API on another host than the one in its names. */
const dockerHubApiHost = 'registry-1.docker.io';

/** Whether plain HTTP may be spoken with `host` (with its port): this machine, or named by the configuration. */
export function isPlainHttpHost(host: string, plainHttp: readonly string[]): boolean {
  return isLoopbackRegistry(host) || plainHttp.includes(host);
}

/** Where the distribution API of a registry lives, `https://host[:port]/v2/`. */
export function apiRoot(registry: string, plainHttp: readonly string[]): URL {
  const scheme = isPlainHttpHost(registry, plainHttp) ? 'http' : 'https';
  const host = registry === dockerHubRegistry ? dockerHubApiHost : registry;
  return new URL(`${scheme}://${host}/v2/`);
}
