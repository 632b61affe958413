import { openHttpClient } from '../../src/http/index.ts';
import { openRegistry, type RegistryClient } from '../../src/registry/index.ts';

export interface ProductClient {
  readonly registry: RegistryClient;
  readonly close: () => Promise<void>;
}

/** The product's own registry client, with connections of its own and the real clock. */
export function openProductClient(): ProductClient {
  const clock = () => new Date();
  const http = openHttpClient({ clock, random: Math.random, userAgent: 'image-builder/test' });
  const registry = openRegistry({ http, credentials: async () => undefined, plainHttp: [], clock });
  return { registry, close: () => http.close() };
}
