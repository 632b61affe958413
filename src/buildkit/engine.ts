import { access, constants, readFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { ImageBuilderError } from '../core/index.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** How to call buildx on this machine. Whether an engine answers is only known once it is asked. */
export interface Engine {
  readonly command: readonly [string, ...string[]];
}

/** Where the docker CLI looks for its plugins beside the folders of the user. */
const systemPluginFolders = [
  '/usr/local/lib/docker/cli-plugins',
  '/usr/local/libexec/docker/cli-plugins',
  '/usr/lib/docker/cli-plugins',
  '/usr/libexec/docker/cli-plugins',
];

/**
 * Finds buildx without starting a process. The plugin is called directly, which saves a process and 0.1 s a call; it
 * reads the same contexts, builders and credentials as it does under `docker`.
 */
export async function findEngine({ env }: { readonly env: Environment }): Promise<Engine> {
  const folders = await pluginFolders(env);
  const path = (env.PATH ?? '').split(delimiter).filter((folder) => folder !== '');
  const plugin = await firstExecutable([...folders, ...path].map((folder) => join(folder, 'docker-buildx')));
  if (plugin !== undefined) return { command: [plugin] };
  const docker = await firstExecutable(path.map((folder) => join(folder, 'docker')));
  if (docker !== undefined) return { command: [docker, 'buildx'] };
  throw new ImageBuilderError(
    'engine.not-found',
    'found neither the docker CLI nor its plugin buildx',
    { tried: [...folders, 'PATH'] },
    { hint: 'install docker with buildx 0.13 or newer: https://docs.docker.com/build/buildx/install/' },
  );
}

/** In the order of the docker CLI. */
async function pluginFolders(env: Environment): Promise<string[]> {
  const home = env.HOME === undefined ? undefined : join(env.HOME, '.docker');
  const config = env.DOCKER_CONFIG || home;
  if (config === undefined) return systemPluginFolders;
  return [
    ...(await extraPluginFolders(join(config, 'config.json'))),
    join(config, 'cli-plugins'),
    ...systemPluginFolders,
  ];
}

/** `cliPluginsExtraDirs` of the docker CLI's configuration; whatever is wrong with that file is not ours to report. */
async function extraPluginFolders(configPath: string): Promise<string[]> {
  try {
    const { cliPluginsExtraDirs } = JSON.parse(await readFile(configPath, 'utf8')) as Record<string, unknown>;
    if (!Array.isArray(cliPluginsExtraDirs)) return [];
    return cliPluginsExtraDirs.filter((folder) => typeof folder === 'string');
  } catch {
    return [];
  }
}

async function firstExecutable(candidates: readonly string[]): Promise<string | undefined> {
  const found = await Promise.all(candidates.map(isExecutable));
  return candidates[found.indexOf(true)];
}

async function isExecutable(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
