import { readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { writeTestLayout } from '../../test/fakes/registry/open-registries.ts';
import { readImageLayout } from './image-layout.ts';
import { joinLayouts } from './join-layouts.ts';

const platforms = ['linux/amd64', 'linux/arm64'];

/** What a node makes that builds one platform without attestations. */
async function writePart(child: 0 | 1) {
  const fixture = await writeTestLayout();
  const manifests = [fixture.children[child]];
  await writeFile(join(fixture.directory, 'index.json'), JSON.stringify({ manifests }));
  const { directory, children, pathOf } = fixture;
  return { directory, platforms: platforms.slice(child, child + 1), image: children[child]?.digest, pathOf };
}

test('layouts of several nodes become one that is whole, and are moved, not copied', async () => {
  const parts = [await writePart(1), await writePart(0)];
  const target = await writeTestLayout();
  await joinLayouts(parts, { directory: target.directory, platforms, annotations: { title: 'app' } });
  const { root, manifests, blobs } = await readImageLayout(target.directory);
  expect(manifests.map(({ descriptor }) => descriptor.digest)).toEqual([
    parts[1]?.image,
    parts[0]?.image,
    root.digest,
  ]);
  expect(manifests.at(-1)?.manifest).toMatchObject({ annotations: { title: 'app' } });
  expect(blobs).toHaveLength(6);
  for (const { directory } of parts) await expect(stat(directory)).rejects.toThrow('ENOENT');
  // The fixtures remove them in the end.
  for (const { directory } of parts) await writeFile(directory, '');
});

test('a layout that is not whole is refused, and nothing is made of the others', async () => {
  const part = await writePart(0);
  const target = await writeTestLayout();
  const before = await readFile(join(target.directory, 'index.json'), 'utf8');
  await rm(part.pathOf(part.image ?? ''));
  const whole = { directory: target.directory, platforms, annotations: {} };
  await expect(joinLayouts([part], whole)).rejects.toMatchObject({ code: 'registry.corrupt' });
  expect(await readFile(join(target.directory, 'index.json'), 'utf8')).toBe(before);
});
