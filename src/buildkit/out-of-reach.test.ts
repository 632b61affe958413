import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { outOfReach } from './out-of-reach.ts';

/** A folder as the docker CLI and buildx leave it. */
async function dockerConfig(files: Readonly<Record<string, object | string>>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'docker-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  for (const [name, content] of Object.entries(files)) {
    const path = join(folder, name);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, typeof content === 'string' ? content : JSON.stringify(content));
  }
  return folder;
}

const instance = (Driver: string, node: object) => ({
  'buildx/instances/b': { Name: 'b', Driver, Nodes: [{ Name: 'b0', DriverOpts: null, ...node }] },
});

test.each([
  ['docker-container', { Endpoint: 'default' }, 'builder "b" was made without "--driver-opt network=host"'],
  ['docker-container', { Endpoint: 'default', DriverOpts: { network: 'host' } }, undefined],
  [
    'docker-container',
    { Endpoint: 'tcp://far:2376', DriverOpts: { network: 'host' } },
    'the engine is not on this machine',
  ],
  ['kubernetes', { Endpoint: '' }, 'the steps of builder "b" run elsewhere (driver "kubernetes")'],
  ['remote', { Endpoint: 'tcp://far:1234' }, 'the engine is not on this machine'],
  ['remote', { Endpoint: 'unix:///run/buildkit/buildkitd.sock' }, undefined],
])('a builder of driver %s with %j is out of reach: %s', async (driver, node, reason) => {
  const DOCKER_CONFIG = await dockerConfig(instance(driver, node));
  expect(await outOfReach({ DOCKER_CONFIG }, 'b')).toBe(reason);
  expect(await outOfReach({ DOCKER_CONFIG, BUILDX_BUILDER: 'b' }, undefined)).toBe(reason);
});

test('what "buildx use" chose counts for the engine that it was chosen for', async () => {
  const DOCKER_CONFIG = await dockerConfig({
    ...instance('remote', { Endpoint: 'tcp://far:1234' }),
    'buildx/current': { Key: 'unix:///var/run/docker.sock', Name: 'b', Global: false },
  });
  expect(await outOfReach({ DOCKER_CONFIG }, undefined)).toBe('the engine is not on this machine');
  expect(
    await outOfReach({ DOCKER_CONFIG, DOCKER_HOST: 'unix:///run/other.sock' }, undefined),
  ).toBeUndefined();
});

test('a docker engine is in reach unless it is on another machine', async () => {
  const id = createHash('sha256').update('far').digest('hex');
  const DOCKER_CONFIG = await dockerConfig({
    [`contexts/meta/${id}/meta.json`]: { Name: 'far', Endpoints: { docker: { Host: 'ssh://far' } } },
  });
  const far = 'the engine is not on this machine';
  expect(await outOfReach({ DOCKER_CONFIG }, undefined)).toBeUndefined();
  expect(await outOfReach({ DOCKER_CONFIG, DOCKER_HOST: 'unix:///run/x.sock' }, undefined)).toBeUndefined();
  expect(await outOfReach({ DOCKER_CONFIG, DOCKER_HOST: 'tcp://far:2376' }, undefined)).toBe(far);
  expect(await outOfReach({ DOCKER_CONFIG }, 'far')).toBe(far);
  expect(await outOfReach({ DOCKER_CONFIG, DOCKER_CONTEXT: 'far' }, undefined)).toBe(far);
});

test('files that are not understood say nothing', async () => {
  const DOCKER_CONFIG = await dockerConfig({ 'buildx/instances/b': '{', 'buildx/current': '[]' });
  expect(await outOfReach({ DOCKER_CONFIG }, 'b')).toBeUndefined();
  expect(await outOfReach({ DOCKER_CONFIG }, undefined)).toBeUndefined();
});
