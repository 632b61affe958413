import { describe, expect, onTestFinished, test } from 'vitest';
import { startLocalServer } from '../../test/fakes/registry/local-server.ts';
import {
  openTestClient,
  repositoryIn,
  startTestRegistry,
} from '../../test/fakes/registry/open-registries.ts';
import { digestOf } from '../oci/index.ts';

const blob = Buffer.from('the bytes of a blob');
const descriptor = { mediaType: 'application/octet-stream', digest: digestOf(blob), size: blob.length };

async function read(stream: AsyncIterable<unknown>): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

async function serving(body: Buffer) {
  const fake = await startTestRegistry();
  fake.repository('a').blobs.set(descriptor.digest, body);
  return { ...openTestClient(), repository: repositoryIn(fake, 'a') };
}

describe('a blob', () => {
  test('is there or not', async () => {
    const { registry, repository } = await serving(blob);
    expect(await registry.hasBlob(repository, descriptor.digest)).toBe(true);
    expect(await registry.hasBlob(repository, digestOf('other'))).toBe(false);
  });

  test('is streamed as it is', async () => {
    const { registry, repository } = await serving(blob);
    expect(await read(await registry.openBlob(repository, descriptor))).toEqual(blob);
  });

  test('is followed to another host without the token', async () => {
    const seen: (string | undefined)[] = [];
    const storage = await startLocalServer((request, response) => {
      seen.push(request.headers.authorization);
      response.end(blob);
    });
    onTestFinished(storage.close);
    const fake = await startTestRegistry({
      auth: { kind: 'bearer' },
      fault: ({ path }) =>
        path.includes('/blobs/') ? { status: 307, headers: { location: storage.url.href } } : undefined,
    });
    const { registry } = openTestClient();
    expect(await read(await registry.openBlob(repositoryIn(fake, 'a'), descriptor))).toEqual(blob);
    expect(seen).toEqual([undefined]);
  });

  test.each([
    ['too short', blob.subarray(1)],
    ['too long', Buffer.concat([blob, blob])],
    ['different', Buffer.alloc(blob.length)],
    ['empty', Buffer.alloc(0)],
  ])('that is %s fails while it is read', async (_, body) => {
    const { registry, repository } = await serving(body);
    const stream = await registry.openBlob(repository, descriptor);
    await expect(read(stream)).rejects.toMatchObject({ code: 'registry.corrupt' });
  });

  test('that never ends fails as soon as it is too long', async () => {
    const server = await startLocalServer((_, response) => {
      const more = (): boolean => response.destroyed || !response.write(blob) || more();
      response.on('drain', more);
      more();
    });
    onTestFinished(server.close);
    const { registry } = openTestClient();
    const stream = await registry.openBlob(repositoryIn(server, 'a'), descriptor);
    await expect(read(stream)).rejects.toThrow(`expected ${blob.length} bytes, got more`);
  });

  test('that is not there is refused', async () => {
    const { registry, repository } = await serving(blob);
    const missing = { ...descriptor, digest: digestOf('other') };
    await expect(registry.openBlob(repository, missing)).rejects.toMatchObject({ code: 'registry.refused' });
  });
});
