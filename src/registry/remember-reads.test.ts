import { describe, expect, test } from 'vitest';
import {
  openTestClient,
  repositoryIn,
  startTestRegistry,
  writeTestLayout,
} from '../../test/fakes/registry/open-registries.ts';
import { readImageLayout } from './image-layout.ts';
import { publishImage } from './publish-image.ts';
import { readBlob } from './read-blob.ts';
import { rememberReads } from './remember-reads.ts';

async function stored() {
  const fake = await startTestRegistry();
  const { directory } = await writeTestLayout();
  const layout = await readImageLayout(directory);
  const { registry, clock } = openTestClient();
  const home = repositoryIn(fake, 'a');
  await publishImage({ registry, layout, repositories: [home], clock: clock.read });
  const [small] = layout.blobs.toSorted((one, other) => one.descriptor.size - other.descriptor.size);
  if (small === undefined) throw new Error('no blob');
  const [root, descriptor] = [layout.root.digest, small.descriptor];
  return { fake, registry, home, root, descriptor, remembering: rememberReads(registry) };
}

const limit = { limit: 1024 * 1024 };

describe('a client that remembers', () => {
  test('asks once for a manifest and for a small blob, whatever ends the call', async () => {
    const { fake, registry, home, root, descriptor, remembering } = await stored();
    const other = remembering.withSignal(new AbortController().signal);
    const [manifest, blob] = [
      await remembering.fetchManifest(home, root),
      await readBlob(remembering, { repository: home, descriptor }, limit),
    ];
    const before = fake.seen.length;
    expect(await other.fetchManifest(home, root)).toEqual(manifest);
    expect(await readBlob(other, { repository: home, descriptor }, limit)).toEqual(blob);
    expect(fake.seen.length).toBe(before);
    expect(await registry.fetchManifest(home, root)).toEqual(manifest);
    expect(fake.seen.length).toBe(before + 1);
  });

  test('asks each time what a tag names, and whether something is there', async () => {
    const { fake, home, root, remembering } = await stored();
    const { bytes, descriptor } = await remembering.fetchManifest(home, root);
    await remembering.putManifest(home, 'v1', { bytes, mediaType: descriptor.mediaType });
    await remembering.fetchManifest(home, 'v1');
    const before = fake.seen.length;
    await remembering.fetchManifest(home, 'v1');
    await remembering.resolve(home, root);
    expect(fake.seen.length).toBe(before + 2);
  });

  test('remembers nothing that was not there, or not what was promised', async () => {
    const { fake, home, root, descriptor, remembering } = await stored();
    const { manifests } = fake.repository('a');
    const kept = manifests.get(root);
    manifests.delete(root);
    await expect(remembering.fetchManifest(home, root)).rejects.toMatchObject({ code: 'registry.refused' });
    if (kept !== undefined) manifests.set(root, kept);
    expect((await remembering.fetchManifest(home, root)).descriptor.digest).toBe(root);
    const wrong = { ...descriptor, size: descriptor.size + 1 };
    const reading = () => readBlob(remembering, { repository: home, descriptor: wrong }, limit);
    await expect(reading()).rejects.toMatchObject({ code: 'registry.corrupt' });
    await readBlob(remembering, { repository: home, descriptor }, limit);
    await expect(reading()).rejects.toMatchObject({ code: 'registry.corrupt' });
  });
});
