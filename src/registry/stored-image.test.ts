import { describe, expect, test } from 'vitest';
import {
  openTestClient,
  repositoryIn,
  startTestRegistry,
  writeTestLayout,
} from '../../test/fakes/registry/open-registries.ts';
import { readImageLayout } from './image-layout.ts';
import { publishImage } from './publish-image.ts';
import { copyImage, readStoredImage } from './stored-image.ts';

/** A registry whose repository `a` holds an image. */
async function stored() {
  const fake = await startTestRegistry();
  const fixture = await writeTestLayout();
  const layout = await readImageLayout(fixture.directory);
  const { registry, clock } = openTestClient();
  const home = repositoryIn(fake, 'a');
  await publishImage({ registry, layout, repositories: [home], clock: clock.read });
  const total = fixture.blobs.reduce((sum, { size }) => sum + size, 0);
  return { fake, fixture, layout, registry, clock: clock.read, home, total };
}

describe('an image in a repository', () => {
  test('is read with everything that it consists of, the root last', async () => {
    const { registry, home, layout } = await stored();
    const image = await readStoredImage(registry, home, layout.root.digest);
    const digests = (all: typeof layout.manifests = []) =>
      all.map(({ descriptor }) => descriptor.digest).toSorted();
    expect(digests(image?.manifests)).toEqual(digests(layout.manifests));
    expect(image?.manifests.at(-1)?.descriptor.digest).toBe(layout.root.digest);
    expect(image?.blobs).toHaveLength(layout.blobs.length);
  });

  test('is not there when nothing has the tag, or a part is missing', async () => {
    const { registry, home, layout, fixture, fake } = await stored();
    expect(await readStoredImage(registry, home, 'fp-none')).toBeUndefined();
    fake.repository('a').manifests.delete(fixture.children[0]?.digest ?? '');
    expect(await readStoredImage(registry, home, layout.root.digest)).toBeUndefined();
  });
});

describe('copying', () => {
  test('mounts in the same registry, streams into others, and leaves alone what holds the image', async () => {
    const { fake, registry, home, layout, clock, total } = await stored();
    const elsewhere = await startTestRegistry();
    const image = await readStoredImage(registry, home, layout.root.digest);
    if (image === undefined) throw new Error('the image is missing');
    const repositories = [
      home,
      repositoryIn(fake, 'b'),
      repositoryIn(elsewhere, 'a'),
      repositoryIn(elsewhere, 'b'),
    ];
    const before = fake.seen.length;
    const copied = await copyImage({ registry, image, repositories, clock });
    expect(
      copied.map(({ repository, uploadedBytes, mounted }) => [repository.path, uploadedBytes, mounted]),
    ).toEqual([
      ['a', 0, 0],
      ['b', 0, 5],
      ['a', total, 0],
      ['b', 0, 5],
    ]);
    expect(elsewhere.repository('a').manifests.size).toBe(3);
    const written = fake.seen
      .slice(before)
      .filter(({ method, path }) => method !== 'GET' && method !== 'HEAD' && path.includes('/v2/a/'));
    expect(written).toEqual([]);
  });
});
