import { describe, expect, onTestFinished, test } from 'vitest';
import { type Answer, startLocalServer } from '../../test/fakes/registry/local-server.ts';
import {
  openTestClient,
  repositoryIn,
  startTestRegistry,
} from '../../test/fakes/registry/open-registries.ts';
import { digestOf, mediaTypes } from '../oci/index.ts';

const bytes = Buffer.from(
  JSON.stringify({ schemaVersion: 2, mediaType: mediaTypes.ociIndex, manifests: [] }),
);
const digest = digestOf(bytes);
const other = digestOf('other');
const descriptor = { mediaType: mediaTypes.ociIndex, digest, size: bytes.length };

async function registryWith(options: Parameters<typeof startTestRegistry>[0] = {}) {
  const fake = await startTestRegistry(options);
  const store = fake.repository('a/b');
  store.manifests.set(digest, { bytes, mediaType: mediaTypes.ociIndex });
  store.tags.set('latest', digest);
  return { fake, ...openTestClient(), repository: repositoryIn(fake, 'a/b') };
}

async function serverWith(answer: Answer) {
  const server = await startLocalServer(answer);
  onTestFinished(server.close);
  return { ...openTestClient(), repository: repositoryIn(server, 'a') };
}

describe('resolving', () => {
  test('a tag takes one HEAD', async () => {
    const { registry, repository, fake } = await registryWith();
    expect(await registry.resolve(repository, 'latest')).toEqual(descriptor);
    expect(fake.seen.map(({ method }) => method)).toEqual(['GET', 'HEAD']);
  });

  test('falls back to a GET and its bytes when the HEAD lacks the digest', async () => {
    const { registry, repository, fake } = await registryWith({
      manifestHeaders: { 'docker-content-digest': undefined },
    });
    expect(await registry.resolve(repository, 'latest')).toEqual(descriptor);
    expect(fake.seen.map(({ method }) => method)).toEqual(['GET', 'HEAD', 'GET']);
  });

  test('what is not there gives nothing', async () => {
    const { registry, repository } = await registryWith();
    expect(await registry.resolve(repository, 'missing')).toBeUndefined();
    expect(await registry.findManifest(repository, 'missing')).toBeUndefined();
  });

  test('a digest that answers to another one is corrupt', async () => {
    const { registry, repository } = await registryWith({
      manifestHeaders: { 'docker-content-digest': other },
    });
    await expect(registry.resolve(repository, digest)).rejects.toMatchObject({ code: 'registry.corrupt' });
  });
});

describe('fetching', () => {
  test('reads and verifies', async () => {
    const { registry, repository } = await registryWith();
    const fetched = await registry.fetchManifest(repository, digest);
    expect(fetched).toMatchObject({ descriptor, manifest: { kind: 'index', manifests: [] } });
    expect(Buffer.from(fetched.bytes)).toEqual(bytes);
  });

  test('what is not there is refused with the code of the registry', async () => {
    const { registry, repository, fake } = await registryWith();
    await expect(registry.fetchManifest(repository, 'missing')).rejects.toMatchObject({
      code: 'registry.refused',
      message: `GET http://${fake.host}/v2/a/b/manifests/missing: 404 MANIFEST_UNKNOWN "MANIFEST_UNKNOWN says the fake"`,
      details: { method: 'GET', status: 404, registryCode: 'MANIFEST_UNKNOWN' },
    });
  });

  test.each([
    [
      'bytes of another digest',
      { body: Buffer.concat([bytes, Buffer.from(' ')]), type: mediaTypes.ociIndex, reference: digest },
    ],
    [
      'bytes that are not what the header says',
      { body: bytes, type: mediaTypes.ociIndex, reference: 'latest', claimed: other },
    ],
    [
      'an index without manifests',
      { body: Buffer.from('{}'), type: mediaTypes.ociIndex, reference: 'latest' },
    ],
    [
      'a media type that contradicts the body',
      { body: bytes, type: mediaTypes.ociManifest, reference: 'latest' },
    ],
    ['no media type at all', { body: Buffer.from('[]'), type: 'application/json', reference: 'latest' }],
    ['something that is not JSON', { body: Buffer.from('<html>'), type: 'text/html', reference: 'latest' }],
    [
      'more than 4 MiB',
      { body: Buffer.alloc(4 * 1024 * 1024 + 1, 0x20), type: mediaTypes.ociIndex, reference: 'latest' },
    ],
  ])('%s is corrupt', async (_, { body, type, reference, ...rest }) => {
    const headers = {
      'content-type': type,
      ...('claimed' in rest ? { 'docker-content-digest': rest.claimed } : {}),
    };
    const { registry, repository } = await serverWith(
      (_request, response) => void response.writeHead(200, headers).end(body),
    );
    await expect(registry.fetchManifest(repository, reference)).rejects.toMatchObject({
      code: 'registry.corrupt',
    });
  });

  test('takes the media type from the body when the header is a general one', async () => {
    const headers = { 'content-type': 'application/json; charset=utf-8' };
    const { registry, repository } = await serverWith(
      (_, response) => void response.writeHead(200, headers).end(bytes),
    );
    expect((await registry.fetchManifest(repository, 'latest')).descriptor).toEqual(descriptor);
  });
});

describe('storing', () => {
  test('puts the very bytes under digest and tag', async () => {
    const { registry, repository, fake } = await registryWith();
    const content = { bytes, mediaType: mediaTypes.ociIndex };
    await registry.putManifest(repository, digest, content);
    await registry.putManifest(repository, 'v1', content);
    expect(fake.repository('a/b').tags.get('v1')).toBe(digest);
  });

  test('notices a registry that stored something else', async () => {
    const { registry, repository } = await registryWith({
      manifestHeaders: { 'docker-content-digest': other },
    });
    await expect(
      registry.putManifest(repository, 'v1', { bytes, mediaType: mediaTypes.ociIndex }),
    ).rejects.toMatchObject({ code: 'registry.corrupt' });
  });

  test.each([
    [403, 'DENIED', 'the account in use lacks a permission on "HOST/a/b"'],
    [400, 'MANIFEST_INVALID', undefined],
    [409, 'TAG_IMMUTABLE', undefined],
  ])('is not retried after %s', async (status, code, hint) => {
    const body = JSON.stringify({ errors: [{ code, message: 'no\u001b[2J\u202e way\n' }] });
    const { registry, repository, fake, waits } = await registryWith({
      fault: ({ method }) => (method === 'PUT' ? { status, body } : undefined),
    });
    await expect(
      registry.putManifest(repository, 'v1', { bytes, mediaType: mediaTypes.ociIndex }),
    ).rejects.toMatchObject({
      code: 'registry.refused',
      message: `PUT http://${fake.host}/v2/a/b/manifests/v1: ${status} ${code} "no [2J way"`,
      hint: hint?.replace('HOST', fake.host),
    });
    expect(waits).toEqual([]);
  });

  test('is sent again when a blob is just being written by somebody else', async () => {
    let failures = 2;
    const body = JSON.stringify({ errors: [{ code: 'DIGEST_INVALID' }] });
    const { registry, repository, fake } = await registryWith({
      fault: ({ method }) => (method === 'PUT' && failures-- > 0 ? { status: 400, body } : undefined),
    });
    const content = { bytes, mediaType: mediaTypes.ociIndex };
    await registry.putManifest(repository, 'v1', content);
    expect(fake.repository('a/b').tags.get('v1')).toBe(digest);
    failures = 3;
    await expect(registry.putManifest(repository, 'v2', content)).rejects.toMatchObject({
      details: { registryCode: 'DIGEST_INVALID' },
    });
  });

  test('is retried after 503, with a line for the display', async () => {
    let failures = 2;
    const { registry, repository, fake, events } = await registryWith({
      fault: ({ method }) =>
        method === 'PUT' && failures-- > 0 ? { status: 503, headers: { 'retry-after': '2' } } : undefined,
    });
    await registry.putManifest(repository, 'v1', { bytes, mediaType: mediaTypes.ociIndex });
    const message = `retrying in 2.0 s: 503 from ${fake.host}`;
    expect(events).toEqual([1, 2].map(() => ({ kind: 'notice', level: 'info', message })));
  });
});

describe('deleting a tag', () => {
  test('takes it away, also when it was not there', async () => {
    const { registry, repository, fake } = await registryWith();
    expect(await registry.deleteTag(repository, 'latest')).toBe(true);
    expect(await registry.deleteTag(repository, 'latest')).toBe(true);
    expect(fake.repository('a/b').tags.size).toBe(0);
  });

  test('says so when the registry cannot', async () => {
    const { registry, repository } = await registryWith({ deletes: false });
    expect(await registry.deleteTag(repository, 'latest')).toBe(false);
  });
});
