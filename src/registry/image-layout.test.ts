import { mkdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { LayoutFixture } from '../../test/fakes/registry/image-layout-fixture.ts';
import { writeTestLayout } from '../../test/fakes/registry/open-registries.ts';
import { readImageLayout } from './image-layout.ts';

describe('an image layout', () => {
  test('is read whole: manifests with children first, every blob once', async () => {
    const fixture = await writeTestLayout();
    const layout = await readImageLayout(fixture.directory);
    expect(layout.root).toEqual(fixture.root);
    expect(layout.manifests.map(({ descriptor }) => descriptor.digest)).toEqual(
      [...fixture.children, fixture.root].map(({ digest }) => digest),
    );
    const digests = layout.blobs.map(({ descriptor }) => descriptor.digest);
    expect(digests.toSorted()).toEqual(fixture.blobs.map(({ digest }) => digest).toSorted());
    for (const { path, descriptor } of layout.blobs) expect(path).toBe(fixture.pathOf(descriptor.digest));
    expect(layout.manifests.at(-1)?.bytes).toEqual(await readFile(fixture.pathOf(fixture.root.digest)));
  });

  test('may name its one image several times', async () => {
    const fixture = await writeTestLayout();
    await rewriteIndex(fixture, ({ root }) => [root, { ...root, annotations: { name: 'again' } }]);
    expect((await readImageLayout(fixture.directory)).root.digest).toBe(fixture.root.digest);
  });

  test('may be of a single platform', async () => {
    const fixture = await writeTestLayout();
    await rewriteIndex(fixture, ({ children }) => children.slice(0, 1));
    const layout = await readImageLayout(fixture.directory);
    expect(layout.manifests).toHaveLength(1);
    expect(layout.blobs).toHaveLength(3);
  });
});

async function rewriteIndex(
  fixture: LayoutFixture,
  manifests: (fixture: LayoutFixture) => unknown,
): Promise<void> {
  await writeFile(join(fixture.directory, 'index.json'), JSON.stringify({ manifests: manifests(fixture) }));
}

const first = (list: readonly { readonly digest: string }[]) => list[0]?.digest ?? '';

const damages: readonly [string, string, (fixture: LayoutFixture) => Promise<unknown>][] = [
  [
    'a missing directory',
    'oci-layout": is missing',
    ({ directory }) => rm(directory, { recursive: true }).then(() => mkdir(directory)),
  ],
  ['a missing index', 'index.json": is missing', ({ directory }) => rm(join(directory, 'index.json'))],
  [
    'another version',
    'got "2.0.0"',
    ({ directory }) => writeFile(join(directory, 'oci-layout'), '{"imageLayoutVersion":"2.0.0"}'),
  ],
  ['an index that is no JSON', 'JSON', ({ directory }) => writeFile(join(directory, 'index.json'), '{')],
  [
    'an index of null',
    '"manifests" is not a list',
    ({ directory }) => writeFile(join(directory, 'index.json'), 'null'),
  ],
  ['no image', 'names no image', (fixture) => rewriteIndex(fixture, () => [])],
  ['two images', 'names more than one image', (fixture) => rewriteIndex(fixture, ({ children }) => children)],
  [
    'a digest that leaves the directory',
    'descriptor without a valid digest',
    (fixture) => rewriteIndex(fixture, ({ root }) => [{ ...root, digest: 'sha256:../../../etc/passwd' }]),
  ],
  [
    'a root that is a blob',
    'expected a manifest',
    (fixture) => rewriteIndex(fixture, ({ blobs }) => blobs.slice(0, 1)),
  ],
  [
    'a root of the wrong kind',
    'media type',
    (fixture) =>
      rewriteIndex(fixture, ({ root, children }) => [{ ...root, mediaType: children[0]?.mediaType }]),
  ],
  [
    'a huge manifest',
    'expected at most',
    (fixture) => rewriteIndex(fixture, ({ root }) => [{ ...root, size: 5e6 }]),
  ],
  ['a missing manifest', 'is missing', ({ children, pathOf }) => rm(pathOf(first(children)))],
  [
    'a manifest of another size',
    'bytes, got 10',
    ({ children, pathOf }) => truncate(pathOf(first(children)), 10),
  ],
  [
    'a manifest of other bytes',
    'does not have the digest of its name',
    async ({ root, pathOf }) => {
      const text = await readFile(pathOf(root.digest), 'utf8');
      await writeFile(pathOf(root.digest), text.replace('"schemaVersion":2', '"schemaVersion":3'));
    },
  ],
  ['a missing blob', 'is missing', ({ blobs, pathOf }) => rm(pathOf(first(blobs)))],
  [
    'a blob that was cut off',
    'expected 1000 bytes, got 999',
    ({ blobs, pathOf }) => truncate(pathOf(first(blobs)), 999),
  ],
  [
    'a blob that is a directory',
    'is not a file',
    ({ blobs, pathOf }) => rm(pathOf(first(blobs))).then(() => mkdir(pathOf(first(blobs)))),
  ],
];

describe('a damaged image layout', () => {
  test.each(damages)('with %s is corrupt', async (_, message, damage) => {
    const fixture = await writeTestLayout();
    await damage(fixture);
    await expect(readImageLayout(fixture.directory)).rejects.toMatchObject({
      code: 'registry.corrupt',
      message: expect.stringContaining(message),
      details: { url: expect.stringContaining(fixture.directory) },
    });
  });
});
