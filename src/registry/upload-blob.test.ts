import { Readable } from 'node:stream';
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

async function uploading(options: Parameters<typeof startTestRegistry>[0] = {}) {
  const fake = await startTestRegistry(options);
  let opened = 0;
  const open = () => {
    opened++;
    return Readable.from([blob.subarray(0, 7), blob.subarray(7)]);
  };
  return { fake, ...openTestClient(), repository: repositoryIn(fake, 'a/b'), open, opened: () => opened };
}

describe('uploading a blob', () => {
  test.each(['relative', 'absolute'] as const)(
    'keeps the query of a %s location as it came',
    async (location) => {
      const { registry, repository, open, fake } = await uploading({ location });
      await registry.uploadBlob(repository, descriptor, { open });
      expect(fake.repository('a/b').blobs.get(descriptor.digest)).toEqual(blob);
      const put = fake.seen.find(({ method }) => method === 'PUT');
      expect(put?.path).toBe(
        `/v2/a/b/blobs/uploads/s1?_state=a%20b+c~d&digest=${encodeURIComponent(descriptor.digest)}`,
      );
      expect(put?.headers).toMatchObject({ 'content-length': `${blob.length}` });
    },
  );

  test('reports the bytes as they go', async () => {
    const { registry, repository, open } = await uploading();
    const sent: number[] = [];
    await registry.uploadBlob(repository, descriptor, { open, onSent: (bytes) => sent.push(bytes) });
    expect(sent).toEqual([7, blob.length]);
  });

  test('starts over with a fresh session when the connection breaks in the middle', async () => {
    let breaks = 1;
    const { registry, repository, open, opened, fake, waits } = await uploading({
      fault: ({ method }) => (method === 'PUT' && breaks-- > 0 ? 'reset-mid-body' : undefined),
    });
    await registry.uploadBlob(repository, descriptor, { open });
    expect(fake.repository('a/b').blobs.has(descriptor.digest)).toBe(true);
    expect(fake.seen.filter(({ method }) => method === 'POST')).toHaveLength(2);
    expect(opened()).toBe(2);
    expect(waits).toEqual([500]);
  });

  test('does not send everything again when only the last answer was lost', async () => {
    const { registry, repository, open, opened, fake } = await uploading({
      fault: ({ method }) => {
        if (method !== 'PUT') return undefined;
        fake.repository('a/b').blobs.set(descriptor.digest, blob);
        return { status: 502 };
      },
    });
    await registry.uploadBlob(repository, descriptor, { open });
    expect(opened()).toBe(1);
  });

  test('goes on with a new token when the old one ends before the bytes', async () => {
    let revoked = false;
    const { registry, repository, open, fake } = await uploading({
      auth: { kind: 'bearer' },
      fault: ({ method }) => {
        if (method === 'PUT' && !revoked) {
          revoked = true;
          fake.auth.revoke();
        }
        return undefined;
      },
    });
    await registry.uploadBlob(repository, descriptor, { open });
    expect(fake.repository('a/b').blobs.get(descriptor.digest)).toEqual(blob);
    expect(fake.auth.tokenScopes).toHaveLength(2);
  });

  test('of other bytes than announced is refused by the registry', async () => {
    const { registry, repository, waits } = await uploading();
    const open = () => Readable.from([Buffer.alloc(blob.length)]);
    await expect(registry.uploadBlob(repository, descriptor, { open })).rejects.toMatchObject({
      code: 'registry.refused',
      details: { registryCode: 'DIGEST_INVALID' },
    });
    expect(waits).toEqual([]);
  });

  test('ends when it is cancelled in the middle', async () => {
    const controller = new AbortController();
    const { registry, repository, waits } = await uploading();
    const endless = () =>
      new Readable({
        read() {
          setImmediate(() => this.push(Buffer.alloc(16_384)));
        },
      });
    const size = 1e9;
    const onSent = () => controller.abort('SIGTERM');
    await expect(
      registry
        .withSignal(controller.signal)
        .uploadBlob(repository, { ...descriptor, size }, { open: endless, onSent }),
    ).rejects.toMatchObject({ code: 'cancelled', details: { signal: 'SIGTERM' } });
    expect(waits).toEqual([]);
  });

  test('shows the token to no other host that the location names', async () => {
    const seen: (string | undefined)[] = [];
    const storage = await startLocalServer((request, response) => {
      seen.push(request.headers.authorization);
      request.resume().once('end', () => response.writeHead(201).end());
    });
    onTestFinished(storage.close);
    const { registry, repository, open } = await uploading({
      auth: { kind: 'bearer' },
      fault: ({ method }) =>
        method === 'POST' ? { status: 202, headers: { location: `${storage.url.href}up` } } : undefined,
    });
    await registry.uploadBlob(repository, descriptor, { open });
    expect(seen).toEqual([undefined]);
  });

  test.each([[{}], [{ location: 'ftp://127.0.0.1/x' }], [{ location: 'http://' }]])(
    'without a usable location is corrupt: %j',
    async (headers) => {
      const { registry, repository, open } = await uploading({
        fault: ({ method }) => (method === 'POST' ? { status: 202, headers } : undefined),
      });
      await expect(registry.uploadBlob(repository, descriptor, { open })).rejects.toMatchObject({
        code: 'registry.corrupt',
      });
    },
  );
});

describe('mounting a blob', () => {
  test('takes it from another repository, with the right to read there', async () => {
    const { registry, repository, fake } = await uploading({ auth: { kind: 'bearer' } });
    fake.repository('source').blobs.set(descriptor.digest, blob);
    expect(await registry.mountBlob(repository, descriptor.digest, repositoryIn(fake, 'source'))).toBe(true);
    expect(fake.repository('a/b').blobs.has(descriptor.digest)).toBe(true);
    expect(fake.auth.tokenScopes).toEqual(['repository:a/b:pull,push repository:source:pull']);
  });

  test('that the registry answers with a session is none, and the session is cancelled', async () => {
    const { registry, repository, fake } = await uploading({ mounts: false });
    fake.repository('source').blobs.set(descriptor.digest, blob);
    expect(await registry.mountBlob(repository, descriptor.digest, repositoryIn(fake, 'source'))).toBe(false);
    expect(fake.seen.map(({ method }) => method)).toEqual(['GET', 'POST', 'DELETE']);
    expect(fake.openSessions.size).toBe(0);
  });

  test.each([400, 403, 404, 405])('that the registry refuses with %s is none', async (status) => {
    const { registry, repository, fake } = await uploading({
      fault: ({ method }) => (method === 'POST' ? { status } : undefined),
    });
    expect(await registry.mountBlob(repository, descriptor.digest, repositoryIn(fake, 'source'))).toBe(false);
  });

  test('fails when the registry is down', async () => {
    const { registry, repository, fake } = await uploading({ fault: () => ({ status: 500 }) });
    await expect(
      registry.mountBlob(repository, descriptor.digest, repositoryIn(fake, 'source')),
    ).rejects.toMatchObject({ code: 'registry.unavailable' });
  });
});

describe('the right to push', () => {
  test('is found out by an upload that is given up', async () => {
    const { registry, repository, fake } = await uploading();
    await registry.checkPush(repository);
    expect(fake.seen.map(({ method }) => method)).toEqual(['GET', 'POST', 'DELETE']);
    expect(fake.openSessions.size).toBe(0);
  });

  test.each([401, 403, 404])('is missing where the registry answers with %s', async (status) => {
    const { registry, repository } = await uploading({
      fault: ({ method }) => (method === 'POST' ? { status } : undefined),
    });
    await expect(registry.checkPush(repository)).rejects.toMatchObject({ code: 'registry.refused' });
  });
});
