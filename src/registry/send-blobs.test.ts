import { expect, test } from 'vitest';
import {
  openTestClient,
  repositoryIn,
  startTestRegistry,
  writeTestLayout,
} from '../../test/fakes/registry/open-registries.ts';
import { readImageLayout } from './image-layout.ts';
import { publishImage } from './publish-image.ts';
import { sendBlobs } from './send-blobs.ts';

const clock = () => new Date(0);

test('blobs go to the first repository of each registry, and a push finds them there', async () => {
  const [one, other] = [await startTestRegistry(), await startTestRegistry()];
  const fixture = await writeTestLayout();
  const layout = await readImageLayout(fixture.directory);
  const { registry } = openTestClient();
  const repositories = [repositoryIn(one, 'a'), repositoryIn(one, 'b'), repositoryIn(other, 'c')];
  const sent = await sendBlobs({ registry, image: layout, repositories });
  const bytes = fixture.blobs.reduce((sum, { size }) => sum + size, 0);
  expect(sent).toEqual([
    { repository: repositories[0], bytes },
    { repository: repositories[2], bytes },
  ]);
  expect([one.repository('a').manifests.size, one.repository('b').blobs.size]).toEqual([0, 0]);
  const published = await publishImage({ registry, layout, repositories, clock });
  expect(published.map(({ uploadedBytes, existing, mounted }) => [uploadedBytes, existing, mounted])).toEqual(
    [
      [0, 5, 0],
      [0, 0, 5],
      [0, 5, 0],
    ],
  );
});

test('one registry that refuses ends the sending to all', async () => {
  const [one, other] = [
    await startTestRegistry(),
    await startTestRegistry({ fault: () => ({ status: 403 }) }),
  ];
  const layout = await readImageLayout((await writeTestLayout()).directory);
  const repositories = [repositoryIn(one, 'a'), repositoryIn(other, 'c')];
  const sending = sendBlobs({ registry: openTestClient().registry, image: layout, repositories });
  await expect(sending).rejects.toMatchObject({ code: 'registry.refused' });
});
