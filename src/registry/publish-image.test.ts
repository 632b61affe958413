import { rm } from 'node:fs/promises';
import { setImmediate } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import type { FakeRegistry, SeenRequest } from '../../test/fakes/registry/fake-registry.ts';
import {
  openTestClient,
  repositoryIn,
  startTestRegistry,
  writeTestLayout,
} from '../../test/fakes/registry/open-registries.ts';
import { readImageLayout } from './image-layout.ts';
import { publishImage } from './publish-image.ts';

async function image(options: Parameters<typeof writeTestLayout>[0] = {}) {
  const fixture = await writeTestLayout(options);
  const total = fixture.blobs.reduce((sum, { size }) => sum + size, 0);
  return { fixture, total, layout: await readImageLayout(fixture.directory) };
}

function heldBy(fake: FakeRegistry, path: string) {
  const { blobs, manifests, tags } = fake.repository(path);
  return { blobs: blobs.size, manifests: manifests.size, tags: tags.size };
}

const whole = { blobs: 5, manifests: 3, tags: 0 };
const is = (method: string, part: string) => (request: SeenRequest) =>
  request.method === method && request.path.includes(part);

describe('publishing', () => {
  test('uploads once per registry, mounts into its other repositories, and moves no tag', async () => {
    const [one, two] = await Promise.all([
      startTestRegistry(),
      startTestRegistry({ auth: { kind: 'bearer' } }),
    ]);
    const { layout, total } = await image();
    const { registry, clock } = openTestClient();
    const repositories = [repositoryIn(one, 'a/x'), repositoryIn(two, 'a/x'), repositoryIn(one, 'b')];
    const published = await publishImage({ registry, layout, repositories, clock: clock.read });
    expect(published).toEqual(
      expect.arrayContaining([
        { repository: repositories[0], uploadedBytes: total, mounted: 0, existing: 0, seconds: 0 },
        { repository: repositories[1], uploadedBytes: total, mounted: 0, existing: 0, seconds: 0 },
        { repository: repositories[2], uploadedBytes: 0, mounted: 5, existing: 0, seconds: 0 },
      ]),
    );
    expect([heldBy(one, 'a/x'), heldBy(one, 'b'), heldBy(two, 'a/x')]).toEqual([whole, whole, whole]);
    expect(one.seen.filter(is('PUT', '/blobs/'))).toHaveLength(5);
    expect(two.auth.tokenScopes).toEqual(['repository:a/x:pull,push']);
  });

  test('reports one step per repository with its bytes', async () => {
    const fake = await startTestRegistry();
    const { layout, total } = await image();
    const { registry, clock, events, emit } = openTestClient();
    await publishImage({
      registry,
      layout,
      repositories: [repositoryIn(fake, 'a')],
      clock: clock.read,
      emit,
    });
    const id = `push:${fake.host}/a`;
    expect(events[0]).toEqual({ kind: 'step-started', id, stage: 'push', untrustedName: `${fake.host}/a` });
    expect(events.at(-2)).toEqual({ kind: 'step-progress', id, current: total, total });
    expect(events.at(-1)).toEqual({ kind: 'step-finished', id, outcome: 'done', seconds: 0 });
  });

  test('sends nothing that is there already', async () => {
    const fake = await startTestRegistry();
    const { layout } = await image();
    const { registry, clock, events, emit } = openTestClient();
    const options = { registry, layout, repositories: [repositoryIn(fake, 'a')], clock: clock.read };
    await publishImage(options);
    fake.seen.length = 0;
    expect(await publishImage({ ...options, emit })).toMatchObject([{ uploadedBytes: 0, existing: 5 }]);
    expect(fake.seen.filter(is('PUT', '/blobs/'))).toEqual([]);
    expect(events.at(-1)).toMatchObject({ kind: 'step-finished', outcome: 'cached' });
  });

  test('uploads everywhere when the registry does not mount', async () => {
    const fake = await startTestRegistry({ mounts: false });
    const { layout, total } = await image();
    const { registry, clock } = openTestClient();
    const repositories = [repositoryIn(fake, 'a'), repositoryIn(fake, 'b'), repositoryIn(fake, 'a')];
    const published = await publishImage({ registry, layout, repositories, clock: clock.read });
    expect(published.map(({ uploadedBytes, mounted }) => [uploadedBytes, mounted])).toEqual([
      [total, 0],
      [total, 0],
    ]);
    expect(heldBy(fake, 'b')).toEqual(whole);
    expect(fake.openSessions.size).toBe(0);
  });

  test('sends an index only after the manifests that it names', async () => {
    const { layout, fixture } = await image();
    const fake = await startTestRegistry({
      fault: async ({ method, path }) => {
        const child = fixture.children.some(({ digest }) => path.endsWith(`/manifests/${digest}`));
        for (let turn = 0; method === 'PUT' && child && turn < 50; turn++) await setImmediate();
        return undefined;
      },
    });
    const { registry, clock } = openTestClient();
    await publishImage({ registry, layout, repositories: [repositoryIn(fake, 'a')], clock: clock.read });
    expect(heldBy(fake, 'a')).toEqual(whole);
  });

  test('has no more uploads under way than allowed', async () => {
    let running = 0;
    let most = 0;
    const two = Promise.withResolvers<void>();
    const fake = await startTestRegistry({
      fault: async ({ method, path }) => {
        if (method !== 'PUT' || !path.includes('/blobs/')) return undefined;
        most = Math.max(most, ++running);
        if (running === 2) two.resolve();
        await two.promise;
        running--;
        return undefined;
      },
    });
    const { layout } = await image();
    const { registry, clock } = openTestClient();
    const repositories = [repositoryIn(fake, 'a')];
    await publishImage({ registry, layout, repositories, clock: clock.read, concurrency: 2 });
    expect(most).toBe(2);
  });
});

describe('a registry that dies half-way', () => {
  test('leaves the others complete, and a second run goes on', async () => {
    let puts = 0;
    let dead = true;
    const good = await startTestRegistry();
    const bad = await startTestRegistry({
      fault: ({ method, path }) =>
        dead && method === 'PUT' && path.includes('/blobs/') && ++puts > 2 ? 'reset' : undefined,
    });
    const { layout } = await image();
    const { registry, clock } = openTestClient();
    const repositories = [repositoryIn(bad, 'a'), repositoryIn(bad, 'b'), repositoryIn(good, 'a')];
    const options = { registry, layout, repositories, clock: clock.read };
    await expect(publishImage(options)).rejects.toMatchObject({
      code: 'publish.incomplete',
      details: { failed: [`${bad.host}/a`, `${bad.host}/b`], published: [`${good.host}/a`] },
      cause: { code: 'registry.unavailable' },
    });
    expect(heldBy(good, 'a')).toEqual(whole);
    expect(heldBy(bad, 'a').manifests).toBe(0);
    dead = false;
    const again = await publishImage(options);
    expect(again.find(({ repository }) => repository === repositories[0])?.existing).toBeGreaterThan(0);
    expect([heldBy(bad, 'a'), heldBy(bad, 'b')]).toEqual([whole, whole]);
  });

  test('is only refused when everything that failed was', async () => {
    const denied = await startTestRegistry({
      fault: (request) => (is('POST', '/uploads/')(request) ? { status: 403 } : undefined),
    });
    const good = await startTestRegistry();
    const down = await startTestRegistry({ fault: () => ({ status: 500 }) });
    const { layout } = await image();
    const { registry, clock } = openTestClient();
    const publish = (...fakes: readonly FakeRegistry[]) =>
      publishImage({
        registry,
        layout,
        repositories: fakes.map((fake) => repositoryIn(fake, 'a')),
        clock: clock.read,
      });
    await expect(publish(denied, good)).rejects.toMatchObject({
      code: 'registry.refused',
      message: expect.stringContaining(`the image could not be pushed to ${denied.host}/a: POST `),
      details: { status: 403 },
      hint: `the account in use lacks a permission on "${denied.host}/a"`,
    });
    await expect(publish(denied, down)).rejects.toMatchObject({
      code: 'publish.incomplete',
      details: { failed: [`${denied.host}/a`, `${down.host}/a`], published: [] },
    });
  });

  test('does not hide credentials that cannot be read', async () => {
    const locked = await startTestRegistry({ auth: { kind: 'basic', username: 'a', password: 'b' } });
    const { layout } = await image();
    const broken = new Error('broken credentials');
    const { registry, clock } = openTestClient({ credentials: () => Promise.reject(broken) });
    const repositories = [repositoryIn(locked, 'a')];
    await expect(publishImage({ registry, layout, repositories, clock: clock.read })).rejects.toBe(broken);
  });
});

describe('cancelling a push', () => {
  test('ends every repository before it throws', async () => {
    const controller = new AbortController();
    const fault = (request: SeenRequest) => {
      if (is('PUT', '/blobs/')(request)) controller.abort('SIGINT');
      return undefined;
    };
    const fakes = await Promise.all([startTestRegistry({ fault }), startTestRegistry({ fault })]);
    const { layout } = await image({ layerSize: 100_000 });
    const { registry, clock, events, emit } = openTestClient({ signal: controller.signal });
    const repositories = fakes.flatMap((fake) => [repositoryIn(fake, 'a'), repositoryIn(fake, 'b')]);
    await expect(
      publishImage({ registry, layout, repositories, clock: clock.read, emit }),
    ).rejects.toMatchObject({
      code: 'cancelled',
      details: { signal: 'SIGINT' },
    });
    const outcomes = events.flatMap((event) => (event.kind === 'step-finished' ? [event.outcome] : []));
    expect(outcomes).toEqual(['cancelled', 'cancelled', 'cancelled', 'cancelled']);
  });

  test('before it begins sends nothing', async () => {
    const fake = await startTestRegistry();
    const { layout } = await image();
    const { registry, clock } = openTestClient({ signal: AbortSignal.abort('SIGINT') });
    const repositories = [repositoryIn(fake, 'a')];
    await expect(publishImage({ registry, layout, repositories, clock: clock.read })).rejects.toMatchObject({
      code: 'cancelled',
    });
    expect(fake.seen).toEqual([]);
  });
});

test('a layer that vanished from disk fails without a retry and names the file', async () => {
  const fake = await startTestRegistry();
  const { layout, fixture } = await image();
  await rm(fixture.pathOf(fixture.blobs[0]?.digest ?? ''));
  const { registry, clock, waits } = openTestClient();
  const repositories = [repositoryIn(fake, 'a')];
  await expect(publishImage({ registry, layout, repositories, clock: clock.read })).rejects.toThrow('ENOENT');
  expect(waits).toEqual([]);
});
