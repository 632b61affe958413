import { digestOf, mediaTypes } from '../../../src/oci/index.ts';
import { listReferrers, referrerAttacher } from '../../../src/registry/index.ts';
import { type KeySource, type KeySpec, keySpecOf, signRaw } from '../../../src/signing/index.ts';
import type { FakeRegistryOptions } from '../registry/fake-registry.ts';
import { openTestClient, repositoryIn, startTestRegistry } from '../registry/open-registries.ts';
import type { Chain } from './certificates.ts';

const image = Buffer.from('{"schemaVersion":2}');

/** A registry in memory with one artifact that is to be signed. */
export async function openSigningStand(options: FakeRegistryOptions = {}) {
  const fake = await startTestRegistry(options);
  const { registry } = openTestClient();
  const repository = repositoryIn(fake, 'team/app');
  const descriptor = { mediaType: mediaTypes.ociManifest, digest: digestOf(image), size: image.length };
  return {
    registry,
    store: fake.repository('team/app'),
    attach: referrerAttacher({ registry, random: () => 0, sleep: async () => {} }),
    target: { repository, descriptor, tags: ['v1'], metadata: { commit: '0123abc' } },
    /** How many signatures there are. */
    count: async () => (await listReferrers(registry, { repository, subject: descriptor.digest })).length,
  };
}

/** The key of a chain's leaf. */
export function keySourceOf({ leaf, certificates }: Chain, warnings: readonly string[] = []): KeySource {
  const { privateKey } = leaf;
  const spec = keySpecOf(privateKey) as KeySpec;
  const key = { chain: certificates, spec, sign: (data: Uint8Array) => signRaw(spec, privateKey, data) };
  return { open: async () => ({ key, warnings }), chain: async () => certificates };
}
