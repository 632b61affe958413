import { describe, expect, test } from 'vitest';
import type { FakeRegistry } from '../../test/fakes/registry/fake-registry.ts';
import {
  openTestClient,
  repositoryIn,
  startTestRegistry,
} from '../../test/fakes/registry/open-registries.ts';
import { digestOf } from '../oci/index.ts';
import { checkCache } from './check-cache.ts';
import { writeKeptSteps } from './kept-steps.ts';

const layer = Buffer.from('a layer');

interface Content {
  readonly configType?: string;
  readonly config?: unknown;
  readonly stored?: boolean;
}

/** A cache as BuildKit writes it, but for what a test changes. */
function putCache(fake: FakeRegistry, content: Content = {}): void {
  const { blobs, manifests, tags } = fake.repository('cache/app');
  const { configType = 'application/vnd.buildkit.cacheconfig.v0', stored = true } = content;
  const config = Buffer.from(
    JSON.stringify(content.config ?? { layers: [{ blob: digestOf(layer), parent: -1 }], records: [{}] }),
  );
  if (stored) blobs.set(digestOf(layer), layer);
  blobs.set(digestOf(config), config);
  const mediaType = 'application/vnd.oci.image.manifest.v1+json';
  const descriptor = (bytes: Buffer, type: string) => ({
    ...{ mediaType: type, digest: digestOf(bytes), size: bytes.length },
  });
  const bytes = Buffer.from(
    JSON.stringify({
      ...{ schemaVersion: 2, mediaType },
      config: descriptor(config, configType),
      layers: [descriptor(layer, 'application/vnd.oci.image.layer.v1.tar+zstd')],
    }),
  );
  manifests.set(digestOf(bytes), { bytes, mediaType });
  tags.set('here', digestOf(bytes));
}

async function check(content?: Content, tag = 'here') {
  const fake = await startTestRegistry();
  putCache(fake, content);
  return checkCache(openTestClient().registry, { repository: repositoryIn(fake, 'cache/app'), tag });
}

describe('a cache of layers', () => {
  test('is whole, or not there', async () => {
    expect(await check()).toEqual({ layers: [digestOf(layer)], steps: [] });
    expect(await check({}, 'elsewhere')).toBeUndefined();
  });

  test('knows its steps, as long as they were written beside this one', async () => {
    const fake = await startTestRegistry();
    const { registry } = openTestClient();
    const reference = { repository: repositoryIn(fake, 'cache/app'), tag: 'here' };
    const steps = [digestOf('a step')];
    putCache(fake);
    await writeKeptSteps(registry, reference, steps);
    expect(await checkCache(registry, reference)).toMatchObject({ steps });
    putCache(fake, { config: { layers: [{ blob: digestOf(layer), parent: -1 }], records: [{}, {}] } });
    expect(await checkCache(registry, reference)).toMatchObject({ steps: [] });
  });

  test.each([
    ['is an image', { configType: 'application/vnd.oci.image.config.v1+json' }, /is no cache of layers/],
    ['has lost a layer', { stored: false }, /has lost its layer sha256:/],
    ['has a config of something else', { config: [1] }, /config that is not understood/],
    [
      'has a config of other layers',
      { config: { layers: [{ blob: 'x' }], records: [] } },
      /is not in its manifest/,
    ],
    [
      'has layers without a digest',
      { config: { layers: [{}], records: [] } },
      /config that is not understood/,
    ],
  ])('that %s is damaged', async (_, content, message) => {
    await expect(check(content)).rejects.toMatchObject({
      code: 'registry.corrupt',
      message: expect.stringMatching(message),
    });
  });
});
