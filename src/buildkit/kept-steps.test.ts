import { expect, test } from 'vitest';
import {
  openTestClient,
  repositoryIn,
  startTestRegistry,
} from '../../test/fakes/registry/open-registries.ts';
import { digestOf, mediaTypes, type Reference } from '../oci/index.ts';
import { readKeptSteps, writeKeptSteps } from './kept-steps.ts';

const steps = [digestOf('one'), digestOf('two')];

/** A registry with a cache of layers under the tag `here`. */
async function scene() {
  const fake = await startTestRegistry();
  const { registry } = openTestClient();
  const cache: Reference = { repository: repositoryIn(fake, 'cache/app'), tag: 'here' };
  const bytes = Buffer.from(JSON.stringify({ schemaVersion: 2, layers: [] }));
  const { manifests, tags } = fake.repository('cache/app');
  manifests.set(digestOf(bytes), { bytes, mediaType: mediaTypes.ociManifest });
  tags.set('here', digestOf(bytes));
  return { registry, cache, digest: digestOf(bytes), manifests, tags };
}

test('steps are read as they were written, beside the cache that they are in', async () => {
  const { registry, cache, digest, tags } = await scene();
  expect(await readKeptSteps(registry, cache)).toBeUndefined();
  await writeKeptSteps(registry, cache, steps);
  expect(await readKeptSteps(registry, cache)).toEqual({ cache: digest, steps });
  expect(tags.get('here')).toBe(digest);
});

test('nothing is written beside a cache that is not there', async () => {
  const { registry, cache, tags } = await scene();
  await writeKeptSteps(registry, { ...cache, tag: 'gone' }, steps);
  expect([...tags.keys()]).toEqual(['here']);
});

test.each([
  ['nothing', {}],
  ['no digests', { 'image-builder.kept-steps.cache': digestOf(''), 'image-builder.kept-steps.steps': 'x' }],
])('what says %s is not understood', async (_, annotations) => {
  const { registry, cache, manifests, tags } = await scene();
  const bytes = Buffer.from(
    JSON.stringify({ schemaVersion: 2, mediaType: mediaTypes.ociManifest, layers: [], annotations }),
  );
  manifests.set(digestOf(bytes), { bytes, mediaType: mediaTypes.ociManifest });
  tags.set('here-steps', digestOf(bytes));
  expect(await readKeptSteps(registry, cache)).toBeUndefined();
});
