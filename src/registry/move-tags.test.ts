import { describe, expect, test } from 'vitest';
import type { FakeRegistry, Fault, SeenRequest } from '../../test/fakes/registry/fake-registry.ts';
import {
  openTestClient,
  repositoryIn,
  startTestRegistry,
} from '../../test/fakes/registry/open-registries.ts';
import { digestOf, mediaTypes } from '../oci/index.ts';
import { moveTags } from './move-tags.ts';

function indexOf(name: string) {
  const mediaType = mediaTypes.ociIndex;
  const bytes = Buffer.from(
    JSON.stringify({ schemaVersion: 2, mediaType, manifests: [], annotations: { name } }),
  );
  return { bytes, mediaType, digest: digestOf(bytes) };
}

const old = indexOf('old');
const image = indexOf('new');
const foreign = indexOf('foreign');

interface Setup {
  readonly fault?: (request: SeenRequest, fake: FakeRegistry) => Fault | undefined;
  readonly deletes?: boolean;
}

/** A registry whose repositories `a` and `b` know the tag `latest` as the old image and hold the new one. */
async function registryWith({ fault, ...options }: Setup = {}): Promise<FakeRegistry> {
  const fake: FakeRegistry = await startTestRegistry({
    ...options,
    ...(fault === undefined ? {} : { fault: (request: SeenRequest) => fault(request, fake) }),
  });
  for (const path of ['a', 'b']) {
    const store = fake.repository(path);
    for (const one of [old, image, foreign]) store.manifests.set(one.digest, one);
    store.tags.set('latest', old.digest);
  }
  return fake;
}

function tagsOf(fake: FakeRegistry, path: string) {
  return Object.fromEntries(fake.repository(path).tags);
}

function moving(fake: FakeRegistry, signal?: AbortSignal) {
  const { registry, clock, events, emit } = openTestClient({ signal });
  const repositories = [repositoryIn(fake, 'a'), repositoryIn(fake, 'b')];
  const tags = ['latest', 'v2'];
  return {
    events,
    move: () => moveTags({ registry, repositories, tags, manifest: image, clock: clock.read, emit }),
  };
}

const isPut = (request: SeenRequest, path: string) => request.method === 'PUT' && request.path === path;

describe('moving tags', () => {
  test('points every tag in every repository to the image', async () => {
    const fake = await registryWith();
    const { move, events } = moving(fake);
    expect(await move()).toEqual({
      moved: ['a:latest', 'a:v2', 'b:latest', 'b:v2'].map((name) => `${fake.host}/${name}`),
      unchanged: [],
    });
    const moved = { latest: image.digest, v2: image.digest };
    expect([tagsOf(fake, 'a'), tagsOf(fake, 'b')]).toEqual([moved, moved]);
    expect(events).toContainEqual({
      kind: 'step-started',
      id: `tag:${fake.host}/a`,
      stage: 'tag',
      untrustedName: `${fake.host}/a: latest, v2`,
    });
    expect(events.at(-1)).toMatchObject({ kind: 'step-finished', outcome: 'done' });
  });

  test('leaves alone what is right already', async () => {
    const fake = await registryWith();
    fake.repository('a').tags.set('latest', image.digest);
    const { move } = moving(fake);
    expect(await move()).toMatchObject({ unchanged: [`${fake.host}/a:latest`] });
    expect(fake.seen.filter((request) => isPut(request, '/v2/a/manifests/latest'))).toEqual([]);
    fake.seen.length = 0;
    const again = moving(fake);
    expect(await again.move()).toMatchObject({ moved: [] });
    expect(fake.seen.filter(({ method }) => method === 'PUT')).toEqual([]);
    expect(again.events.at(-1)).toMatchObject({ kind: 'step-finished', outcome: 'cached' });
  });

  test('moves nothing when it cannot see what a tag names', async () => {
    const fake = await registryWith({
      fault: ({ path }) => (path === '/v2/b/manifests/v2' ? { status: 500 } : undefined),
    });
    await expect(moving(fake).move()).rejects.toMatchObject({
      code: 'publish.incomplete',
      details: { failed: [`${fake.host}/b:v2`], published: [] },
    });
    expect(fake.seen.filter(({ method }) => method === 'PUT')).toEqual([]);
  });
});

describe('a tag that cannot be moved', () => {
  const failsForB = (fault: Fault) => (request: SeenRequest) =>
    isPut(request, '/v2/b/manifests/v2') ? fault : undefined;

  test('puts the others back: old ones to their image, new ones away', async () => {
    const fake = await registryWith({ fault: failsForB({ status: 503 }) });
    const { move, events } = moving(fake);
    await expect(move()).rejects.toMatchObject({
      code: 'publish.incomplete',
      details: { failed: [`${fake.host}/b:v2`], published: [] },
      hint: 'every tag names what it named before; run the same command again',
    });
    expect([tagsOf(fake, 'a'), tagsOf(fake, 'b')]).toEqual([{ latest: old.digest }, { latest: old.digest }]);
    expect(events).toContainEqual(expect.objectContaining({ id: `tag:${fake.host}/b`, outcome: 'failed' }));
  });

  test('is refused when the registry said no and all is as before', async () => {
    const body = '{"errors":[{"code":"TAG_IMMUTABLE"}]}';
    const fake = await registryWith({ fault: failsForB({ status: 409, body }) });
    await expect(moving(fake).move()).rejects.toMatchObject({
      code: 'registry.refused',
      message: expect.stringContaining(`tags were not moved, ${fake.host}/b:v2: PUT `),
      details: { status: 409, registryCode: 'TAG_IMMUTABLE' },
    });
    expect(tagsOf(fake, 'a')).toEqual({ latest: old.digest });
  });

  test('names the new tags that a registry cannot delete', async () => {
    const fake = await registryWith({ fault: failsForB({ status: 403 }), deletes: false });
    await expect(moving(fake).move()).rejects.toMatchObject({
      code: 'publish.incomplete',
      details: { failed: [`${fake.host}/b:v2`], published: [`${fake.host}/a:v2`] },
    });
    expect(tagsOf(fake, 'a')).toEqual({ latest: old.digest, v2: image.digest });
  });

  test('names the tags that could not be put back, and says why', async () => {
    let puts = 0;
    const fake = await registryWith({
      fault: (request) => {
        if (isPut(request, '/v2/a/manifests/latest') && ++puts > 1) return { status: 500 };
        return failsForB({ status: 503 })(request);
      },
    });
    const { move, events } = moving(fake);
    const name = `${fake.host}/a:latest`;
    await expect(move()).rejects.toMatchObject({
      details: { published: [name] },
      hint: expect.stringContaining(name),
    });
    expect(events).toContainEqual({
      kind: 'notice',
      level: 'warning',
      message: expect.stringContaining(`${name} could not be put back: PUT `),
    });
  });

  test('is put back too when only the answer was lost', async () => {
    const fake = await registryWith({
      fault: (request, registry) => {
        if (!isPut(request, '/v2/b/manifests/latest')) return undefined;
        if (registry.repository('b').tags.get('latest') === image.digest) return undefined;
        registry.repository('b').tags.set('latest', image.digest);
        return { status: 400 };
      },
    });
    await expect(moving(fake).move()).rejects.toMatchObject({ code: 'registry.refused' });
    expect(tagsOf(fake, 'b')).toEqual({ latest: old.digest });
  });

  test('does not undo what somebody else did meanwhile', async () => {
    const fake = await registryWith({
      fault: (request, registry) => {
        if (request.method === 'HEAD') registry.repository('a').tags.set('latest', foreign.digest);
        return failsForB({ status: 503 })(request);
      },
    });
    await expect(moving(fake).move()).rejects.toMatchObject({ code: 'publish.incomplete' });
    expect(tagsOf(fake, 'a')).toEqual({ latest: foreign.digest });
  });
});

describe('cancelling in the middle', () => {
  test('puts back what was moved, although the signal is aborted', async () => {
    const controller = new AbortController();
    const fake = await registryWith({
      fault: (request, registry) => {
        if (!isPut(request, '/v2/b/manifests/v2')) return undefined;
        registry.repository('a').tags.set('latest', image.digest);
        controller.abort('SIGINT');
        return { status: 503 };
      },
    });
    await expect(moving(fake, controller.signal).move()).rejects.toMatchObject({
      code: 'cancelled',
      details: { signal: 'SIGINT' },
    });
    expect(tagsOf(fake, 'a')).toEqual({ latest: old.digest });
    expect(tagsOf(fake, 'b')).toEqual({ latest: old.digest });
  });
});
