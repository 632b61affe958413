import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { Secret } from '../../core/index.ts';
import { ownDockerConfig } from './own-docker-config.ts';

const base64 = (text: string) => Buffer.from(text).toString('base64');

interface Setup {
  readonly registry?: string;
  readonly config?: object | string;
  readonly variable?: string;
}

async function open({ registry = 'reg.example:5000', config, variable }: Setup) {
  const root = await mkdtemp(join(tmpdir(), 'own-config-'));
  onTestFinished(() => rm(root, { recursive: true }));
  const theirs = join(root, 'theirs');
  await mkdir(join(theirs, 'contexts/meta'), { recursive: true });
  await writeFile(join(theirs, '.token_seed'), '{}');
  if (config !== undefined)
    await writeFile(
      join(theirs, 'config.json'),
      typeof config === 'string' ? config : JSON.stringify(config),
    );
  const folder = join(root, 'own');
  const environment = { DOCKER_CONFIG: theirs, DOCKER_AUTH_CONFIG: variable, OTHER: 'kept' };
  const login = { registry, username: 'robot', password: new Secret('planted') };
  const own = await ownDockerConfig({ environment, folder, login });
  const read = async () => JSON.parse(await readFile(join(folder, 'config.json'), 'utf8'));
  return { own, folder, read };
}

test('an own configuration has one login of its own, and everything else as docker has it', async () => {
  const others = { 'other.example': { auth: 'b3RoZXI6eA==' } };
  const config = {
    auths: { ...others, 'https://reg.example:5000/v1/': { auth: 'b2xkOng=' } },
    credHelpers: { 'gcr.io': 'gcloud', 'reg.example:5000': 'theirs' },
    ...{ credsStore: 'desktop', currentContext: 'remote' },
  };
  const { own, folder, read } = await open({ config });
  expect(await read()).toEqual({
    auths: { ...others, 'reg.example:5000': { auth: base64('robot:planted') } },
    credHelpers: { 'gcr.io': 'gcloud', 'reg.example:5000': '' },
    ...{ credsStore: 'desktop', currentContext: 'remote' },
  });
  expect(own.environment).toMatchObject({ DOCKER_CONFIG: folder, OTHER: 'kept' });
  expect(await readdir(folder)).toEqual(['config.json', 'contexts']);
  expect(await readdir(join(folder, 'contexts'))).toEqual(['meta']);
  expect((await stat(join(folder, 'config.json'))).mode & 0o777).toBe(0o600);
  expect((await stat(folder)).mode & 0o777).toBe(0o700);
  await own[Symbol.asyncDispose]();
  await expect(stat(folder)).rejects.toThrow();
});

test('what is in the environment goes on counting before the file, but for that registry', async () => {
  const variable = JSON.stringify({
    auths: { 'other.example': { auth: 'bmV3Ong=' }, 'reg.example:5000': { auth: 'b2xkOng=' } },
  });
  const { own, read } = await open({ config: { auths: { 'other.example': { auth: 'old' } } }, variable });
  expect(await read()).toEqual({
    auths: { 'other.example': { auth: 'bmV3Ong=' }, 'reg.example:5000': { auth: base64('robot:planted') } },
    credHelpers: { 'other.example': '', 'reg.example:5000': '' },
  });
  expect(own.environment.DOCKER_AUTH_CONFIG).toBeUndefined();
});

test('Docker Hub is known by the key that docker has for it', async () => {
  const { read } = await open({ registry: 'index.docker.io', config: { auths: { 'docker.io': {} } } });
  expect(Object.keys((await read()).auths)).toEqual(['https://index.docker.io/v1/']);
});

test('nothing is made of a configuration that is damaged', async () => {
  await expect(open({ config: '{"auths": "planted' })).rejects.toMatchObject({ code: 'config.invalid' });
});
