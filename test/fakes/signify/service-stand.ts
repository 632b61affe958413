import { onTestFinished } from 'vitest';
import { Secret } from '../../../src/core/index.ts';
import { type Descriptor, digestHex, digestOf, printRepository } from '../../../src/oci/index.ts';
import type { SigningTarget } from '../../../src/signers/index.ts';
import type { ServiceRecord } from '../../../src/signing/index.ts';
import {
  type SigningService,
  type SigningServiceOptions,
  startSigningService,
} from '../../../src/signing/index.ts';
import type { TestPki } from './test-pki.ts';

export const servicePath = '/signingsvc/sign';

export interface ServiceStand {
  readonly service: SigningService;
  readonly endpoint: URL;
  readonly log: ServiceRecord[];
  /** What was signed, each with its tags; a digest that is signed already is not signed again. */
  readonly signed: SigningTarget[];
  /** Puts a manifest into the registry. */
  readonly hold: (gun: string, content: string) => Descriptor;
}

/** Our signing service over a registry and a signer in memory; `anna` may have what is under `r.example.com/team` signed. */
export async function startServiceStand(
  pki: TestPki,
  options: Partial<SigningServiceOptions> = {},
): Promise<ServiceStand> {
  const log: ServiceRecord[] = [];
  const signed: SigningTarget[] = [];
  const held = new Map<string, Descriptor>();
  const service = await startSigningService({
    listen: { host: '127.0.0.1', port: 0, path: servicePath },
    tls: { cert: pki.server.cert, key: new Secret(pki.server.key), clientCa: pki.clients.ca },
    allow: [{ subject: 'CN=anna, O=Test, C=DE', gunPrefixes: ['r.example.com/team'] }],
    resolve: async (repository, digest) => held.get(`${printRepository(repository)}@${digest}`),
    sign: async (target) => {
      const { digest } = target.descriptor;
      const reused = signed.some(({ descriptor }) => descriptor.digest === digest);
      if (!reused) signed.push(target);
      return { state: 'attached', signature: digestOf(`signature of ${digest}`), reused };
    },
    clock: () => new Date('2026-03-04T05:06:07.890Z'),
    log: (record) => log.push(record),
    ...options,
  });
  onTestFinished(() => service.close());
  const endpoint = new URL(servicePath, service.address);
  endpoint.hostname = 'localhost';
  const hold = (gun: string, content: string): Descriptor => {
    const digest = digestOf(content);
    const mediaType = 'application/vnd.oci.image.manifest.v1+json';
    const descriptor = { mediaType, digest, size: content.length };
    held.set(`${gun}@${digest}`, descriptor);
    return descriptor;
  };
  return { service, endpoint, log, signed, hold };
}

/** The body of an order for one image. */
export function orderFor(gun: string, { digest, size }: Descriptor, name = 'v1') {
  return { trustedCollections: [{ gun, targets: [{ name, byteSize: size, digest: digestHex(digest) }] }] };
}
