import { describe, expect, onTestFinished, test } from 'vitest';
import type { FakeRegistryOptions } from '../../test/fakes/registry/fake-registry.ts';
import {
  openTestClient,
  repositoryIn,
  startTestRegistry,
} from '../../test/fakes/registry/open-registries.ts';
import {
  type ReferrersProxyOptions,
  startReferrersProxy,
} from '../../test/fakes/registry/referrers-proxy.ts';
import { virtualSleep } from '../../test/fakes/registry/virtual-sleep.ts';
import { type Digest, digestOf, mediaTypes } from '../oci/index.ts';
import { listReferrers, type Referrer, referrerAttacher } from './referrers.ts';

const config = Buffer.from('{}');
const image = Buffer.from(
  JSON.stringify({
    schemaVersion: 2,
    mediaType: mediaTypes.ociManifest,
    config: { mediaType: mediaTypes.ociConfig, digest: digestOf(config), size: config.length },
    layers: [],
  }),
);
const subject = digestOf(image);
const tag = subject.replace(':', '-');

/** A referrer unlike every other one. */
function referrer(content: string): Referrer & { readonly digest: Digest } {
  const layer = Buffer.from(content);
  const manifest = Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: mediaTypes.ociManifest,
      artifactType: 'text/x-test',
      config: { mediaType: 'application/vnd.oci.empty.v1+json', digest: digestOf(config), size: 2 },
      layers: [{ mediaType: 'text/plain', digest: digestOf(layer), size: layer.length }],
      subject: { mediaType: mediaTypes.ociManifest, digest: subject, size: image.length },
    }),
  );
  return {
    manifest,
    mediaType: mediaTypes.ociManifest,
    subject,
    artifactType: 'text/x-test',
    blobs: [config, layer],
    digest: digestOf(manifest),
  };
}

interface Setup {
  readonly registry?: FakeRegistryOptions;
  /** Present: the registry has the referrers API. */
  readonly api?: ReferrersProxyOptions;
}

async function setup({ registry: options = {}, api }: Setup = {}) {
  const fake = await startTestRegistry(options);
  const store = fake.repository('a/b');
  store.blobs.set(digestOf(config), config);
  store.manifests.set(subject, { bytes: image, mediaType: mediaTypes.ociManifest });
  const proxy = api === undefined ? undefined : await startReferrersProxy(fake.host, api);
  if (proxy !== undefined) onTestFinished(proxy.close);
  const repository = repositoryIn(proxy ?? fake, 'a/b');
  const client = openTestClient();
  const list = async (options?: Parameters<typeof listReferrers>[2]) =>
    (await listReferrers(client.registry, { repository, subject }, options)).map(({ digest }) => digest);
  return { fake, store, proxy, repository, ...client, list };
}

type Stage = Awaited<ReturnType<typeof setup>>;

/** As one process has it. */
function attacher(
  { registry }: Stage,
  sleep: Parameters<typeof referrerAttacher>[0]['sleep'] = async () => {},
) {
  return referrerAttacher({ registry, random: Math.random, sleep });
}

function indexUnder({ store }: Stage) {
  const stored = store.manifests.get(store.tags.get(tag) ?? '');
  return stored === undefined ? undefined : JSON.parse(stored.bytes.toString());
}

describe('listing referrers', () => {
  test('nothing attached gives nothing, with and without the API', async () => {
    expect(await (await setup()).list()).toEqual([]);
    expect(await (await setup({ api: {} })).list()).toEqual([]);
  });

  test('the API is read to its last page', async () => {
    const stage = await setup({ api: { pageSize: 2 } });
    const digests = ['1', '2', '3', '4', '5'].map((text) => digestOf(text));
    for (const digest of digests)
      stage.proxy?.add(subject, { mediaType: mediaTypes.ociManifest, digest, size: 1 });
    expect(await stage.list()).toEqual(digests);
    expect(stage.proxy?.seen.filter((path) => path.includes('/referrers/'))).toHaveLength(3);
    expect(stage.proxy?.seen.filter((path) => path.includes(tag))).toEqual([]);
  });

  test('the tag is not looked at where the API answers, unless asked for', async () => {
    const stage = await setup({ api: {} });
    const old = { mediaType: mediaTypes.ociManifest, digest: digestOf('old'), size: 3 };
    const both = { ...old, digest: digestOf('both') };
    const index = Buffer.from(
      JSON.stringify({ schemaVersion: 2, mediaType: mediaTypes.ociIndex, manifests: [old, both] }),
    );
    stage.store.manifests.set(digestOf(index), { bytes: index, mediaType: mediaTypes.ociIndex });
    stage.store.tags.set(tag, digestOf(index));
    stage.proxy?.add(subject, both);
    expect(await stage.list()).toEqual([both.digest]);
    expect(await stage.list({ alsoTag: true })).toEqual([both.digest, old.digest]);
  });

  test.each([
    ['404', { status: 404 }],
    ['405', { status: 405 }],
    ['a page for people', { status: 200, headers: { 'content-type': 'text/html' }, body: '<html>' }],
    ['an unlabelled answer', { status: 200, body: '{}' }],
  ])('%s means that there is no API', async (_, answer) => {
    const stage = await setup({ api: { answer: () => answer } });
    const one = referrer('one');
    await attacher(stage)(stage.repository, one);
    expect(await stage.list()).toEqual([one.digest]);
    expect(indexUnder(stage).manifests).toHaveLength(1);
  });

  test.each([
    ['no JSON', '{', {}],
    ['no list', JSON.stringify({ schemaVersion: 2, mediaType: mediaTypes.ociIndex }), {}],
    [
      'a link to another server',
      JSON.stringify({ schemaVersion: 2, manifests: [] }),
      { link: '<https://elsewhere.example/v2/a/b/referrers/x>; rel="next"' },
    ],
    [
      'links in a circle',
      JSON.stringify({ schemaVersion: 2, manifests: [] }),
      { link: '<?again>; rel="next"' },
    ],
  ])('%s from the API is corrupt, and not the same as nothing', async (_, body, headers) => {
    const answer = { status: 200, headers: { 'content-type': mediaTypes.ociIndex, ...headers }, body };
    const stage = await setup({ api: { answer: () => answer } });
    await expect(stage.list()).rejects.toMatchObject({ code: 'registry.corrupt' });
  });

  test('a refusal is not the same as nothing', async () => {
    const stage = await setup({ api: { answer: () => ({ status: 403 }) } });
    await expect(stage.list()).rejects.toMatchObject({ code: 'registry.refused' });
  });

  test('a tag that names an image is corrupt, and is not written over', async () => {
    const stage = await setup();
    stage.store.tags.set(tag, subject);
    await expect(stage.list()).rejects.toMatchObject({ code: 'registry.corrupt' });
    await expect(attacher(stage)(stage.repository, referrer('one'))).rejects.toMatchObject({
      code: 'registry.corrupt',
    });
    expect(stage.store.tags.get(tag)).toBe(subject);
  });
});

describe('attaching a referrer', () => {
  test('uses the API where there is one, and writes no tag', async () => {
    const stage = await setup({ api: {} });
    const one = referrer('one');
    expect(await attacher(stage)(stage.repository, one)).toEqual({
      mediaType: mediaTypes.ociManifest,
      digest: one.digest,
      size: one.manifest.length,
    });
    expect(await stage.list()).toEqual([one.digest]);
    expect(stage.store.tags.get(tag)).toBeUndefined();
  });

  test('waits for an API that indexes late', async () => {
    const stage = await setup({ api: { lateBy: 3 } });
    const one = referrer('one');
    await attacher(stage)(stage.repository, one);
    expect(await stage.list()).toEqual([one.digest]);
  });

  test('fails when the API never lists it, saying what is stored', async () => {
    const stage = await setup({ api: { lateBy: 1000 } });
    const one = referrer('one');
    await expect(attacher(stage)(stage.repository, one)).rejects.toMatchObject({
      code: 'publish.incomplete',
      details: { failed: [expect.stringContaining(one.digest)] },
    });
  });

  test('does not believe a registry that names the subject and has no API', async () => {
    const stage = await setup({
      registry: { manifestHeaders: { 'oci-subject': subject } },
    });
    const one = referrer('one');
    await attacher(stage)(stage.repository, one);
    expect(await stage.list()).toEqual([one.digest]);
  });

  test('names the artifact type in the tag, which others search by', async () => {
    const stage = await setup();
    const one = referrer('one');
    await attacher(stage)(stage.repository, { ...one, annotations: { made: 'today' } });
    expect(indexUnder(stage)).toEqual({
      schemaVersion: 2,
      mediaType: mediaTypes.ociIndex,
      manifests: [
        {
          mediaType: mediaTypes.ociManifest,
          digest: one.digest,
          size: one.manifest.length,
          artifactType: 'text/x-test',
          annotations: { made: 'today' },
        },
      ],
    });
  });

  test('keeps what others wrote, also what it does not know', async () => {
    const stage = await setup();
    const [first, second] = [referrer('first'), referrer('second')];
    await attacher(stage)(stage.repository, first);
    const index = indexUnder(stage);
    const [entry] = index.manifests;
    const changed = Buffer.from(
      JSON.stringify({ ...index, extra: 1, manifests: [{ ...entry, data: 'e30=', unknown: true }] }),
    );
    stage.store.manifests.set(digestOf(changed), { bytes: changed, mediaType: mediaTypes.ociIndex });
    stage.store.tags.set(tag, digestOf(changed));
    await attacher(stage)(stage.repository, second);
    expect(indexUnder(stage)).toMatchObject({
      extra: 1,
      manifests: [{ digest: first.digest, data: 'e30=', unknown: true }, { digest: second.digest }],
    });
  });

  test('twice adds nothing', async () => {
    const stage = await setup();
    const one = referrer('one');
    await attacher(stage)(stage.repository, one);
    await attacher(stage)(stage.repository, one);
    expect(indexUnder(stage).manifests).toHaveLength(1);
  });

  test('survives the passing faults of a registry whose tag is moving', async () => {
    let faults = 3;
    const stage = await setup({
      registry: {
        fault: ({ method, path }) =>
          method === 'GET' && path.includes(tag) && faults-- > 0 ? { status: 500 } : undefined,
      },
    });
    const one = referrer('one');
    await attacher(stage)(stage.repository, one);
    expect(await stage.list()).toEqual([one.digest]);
    expect(faults).toBeLessThanOrEqual(0);
  });

  test('loses nothing among 8 writers of one process', async () => {
    const stage = await setup();
    const all = Array.from({ length: 8 }, (_, at) => referrer(`writer ${at}`));
    const attach = attacher(stage);
    await Promise.all(all.map((one) => attach(stage.repository, one)));
    expect((await stage.list()).toSorted()).toEqual(all.map(({ digest }) => digest).toSorted());
    expect(
      stage.fake.seen.filter(({ method, path }) => method === 'PUT' && path.endsWith(tag)).length,
    ).toBeLessThan(8);
  });

  test.each(Array.from({ length: 10 }, (_, at) => at))(
    'loses nothing among 8 writers of processes of their own (%i)',
    async () => {
      const stage = await setup();
      const sleep = virtualSleep(8);
      const all = Array.from({ length: 8 }, (_, at) => referrer(`writer ${at}`));
      const attaching = all.map((one) =>
        attacher(stage, sleep.sleep)(stage.repository, one).finally(sleep.leave),
      );
      await Promise.all(attaching);
      expect((await stage.list()).toSorted()).toEqual(all.map(({ digest }) => digest).toSorted());
    },
  );

  test('notices that it was overwritten after it had been seen', async () => {
    const stage = await setup();
    const [ours, theirs] = [referrer('ours'), referrer('theirs')];
    await attacher(stage)(stage.repository, theirs);
    const before = stage.store.tags.get(tag) ?? '';
    let pauses = 0;
    const sleep = async () => {
      if (++pauses === 1) stage.store.tags.set(tag, before);
    };
    await attacher(stage, sleep)(stage.repository, ours);
    expect(await stage.list()).toEqual([theirs.digest, ours.digest]);
  });

  test('watches on while others are writing', async () => {
    const stage = await setup();
    const [ours, other] = [referrer('ours'), { mediaType: mediaTypes.ociManifest, digest: subject, size: 3 }];
    const put = (manifests: readonly unknown[]) => {
      const index = Buffer.from(
        JSON.stringify({ schemaVersion: 2, mediaType: mediaTypes.ociIndex, manifests }),
      );
      stage.store.manifests.set(digestOf(index), { bytes: index, mediaType: mediaTypes.ociIndex });
      stage.store.tags.set(tag, digestOf(index));
    };
    let pauses = 0;
    const sleep = async () => {
      pauses++;
      if (pauses === 1) put([...indexUnder(stage).manifests, other]);
      if (pauses === 2) put([other]);
    };
    await attacher(stage, sleep)(stage.repository, ours);
    expect(await stage.list()).toEqual([other.digest, ours.digest]);
  });

  test('gives up on an index that others never leave alone', async () => {
    const stage = await setup();
    let turns = 0;
    const sleep = async () => {
      const index = Buffer.from(
        JSON.stringify({ schemaVersion: 2, mediaType: mediaTypes.ociIndex, manifests: [], turn: ++turns }),
      );
      stage.store.manifests.set(digestOf(index), { bytes: index, mediaType: mediaTypes.ociIndex });
      stage.store.tags.set(tag, digestOf(index));
    };
    await expect(attacher(stage, sleep)(stage.repository, referrer('one'))).rejects.toMatchObject({
      code: 'publish.incomplete',
      message: expect.stringContaining(tag),
    });
    expect(turns).toBe(30);
  });
});
