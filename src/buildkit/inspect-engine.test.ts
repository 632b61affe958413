import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import type { Engine } from './engine.ts';
import { inspectEngine } from './inspect-engine.ts';

const replay = fileURLToPath(new URL('../../test/fixtures/buildkit/replay.mjs', import.meta.url));
const engine: Engine = { command: [process.execPath, replay] };

/** Lines of `buildx ls --format json`, buildx 0.29.1, shortened. */
const docker = {
  Current: true,
  Driver: 'docker',
  Name: 'default',
  Nodes: [
    {
      Endpoint: 'default',
      Labels: { 'org.mobyproject.buildkit.worker.snapshotter': 'overlayfs' },
      Name: 'default',
      Platforms: ['linux/amd64', 'linux/arm64'],
      Status: 'running',
      Version: 'v0.25.0',
    },
  ],
};
const classic = { ...docker, Nodes: [{ ...docker.Nodes[0], Labels: undefined }] };
const container = {
  ...classic,
  Current: false,
  Driver: 'docker-container',
  Name: 'box',
  Nodes: [classic.Nodes[0], { ...classic.Nodes[0], Platforms: ['linux/arm64', 'linux/s390x'] }],
};
const gone = {
  Current: true,
  Driver: '',
  Err: 'Cannot connect to the Docker daemon\n::x',
  Name: 'default',
  Nodes: [],
};

function inspect(builders: readonly object[], builder?: string) {
  const listed = builders.map((line) => `${JSON.stringify(line)}\n`).join('');
  return inspectEngine(engine, { builder, env: { REPLAY_LS: listed } });
}

describe('inspectEngine', () => {
  test('describes the current builder', async () => {
    expect(await inspect([container, docker])).toEqual({
      builder: 'default',
      driver: 'docker',
      version: 'v0.25.0',
      platforms: ['linux/amd64', 'linux/arm64'],
      exportsLayouts: true,
    });
  });

  test('describes the builder that was asked for, all its nodes together', async () => {
    expect(await inspect([container, docker], 'box')).toMatchObject({
      driver: 'docker-container',
      platforms: ['linux/amd64', 'linux/arm64', 'linux/s390x'],
      exportsLayouts: true,
    });
  });

  test('knows a docker engine without the containerd image store', async () => {
    expect(await inspect([classic])).toMatchObject({ exportsLayouts: false });
  });

  test('says which engine does not answer', async () => {
    await expect(inspect([gone])).rejects.toMatchObject({
      code: 'engine.not-found',
      message: 'the engine of builder "default" does not answer: Cannot connect to the Docker daemon ::x',
    });
  });

  test('says which builders there are when it does not know one', async () => {
    await expect(inspect([container, docker], 'boxx')).rejects.toMatchObject({
      code: 'engine.not-found',
      message: 'no builder is called "boxx"',
      hint: expect.stringContaining('known builders: box, default'),
    });
  });

  test('says that buildx is too old', async () => {
    await expect(inspectEngine(engine, { env: {} })).rejects.toMatchObject({
      code: 'engine.not-found',
      message: expect.stringContaining('is too old: github.com/docker/buildx v0.12.0'),
    });
  });

  test('says that docker has no buildx', async () => {
    await expect(inspectEngine(engine, { env: { REPLAY_VERSION: 'missing' } })).rejects.toMatchObject({
      code: 'engine.not-found',
      message: expect.stringContaining('docker has no plugin buildx'),
    });
  });
});
