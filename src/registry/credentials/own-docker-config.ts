import { mkdir, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Secret } from '../../core/index.ts';
import { type DockerConfig, helperKey, hostOf, parseDockerConfig, readConfigText } from './docker-config.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** What opens one registry. */
export interface RegistryLogin {
  /** Host, with its port. */
  readonly registry: string;
  readonly username: string;
  readonly password: Secret;
}

export interface OwnConfigInputs {
  /** Of the docker command. */
  readonly environment: Environment;
  /** Absolute path of a folder that is not there yet. */
  readonly folder: string;
  readonly login: RegistryLogin;
}

export interface OwnDockerConfig extends AsyncDisposable {
  readonly environment: Environment;
}

/**
 * An environment of the docker command that is the given one in everything but the login for one registry: with a
 * configuration of its own, where contexts and builders are those of the user. Disposing of it removes the login.
 */
export async function ownDockerConfig(inputs: OwnConfigInputs): Promise<OwnDockerConfig> {
  const { environment, folder } = inputs;
  const { DOCKER_CONFIG, HOME = '' } = environment;
  const theirs = resolve(DOCKER_CONFIG || join(HOME, '.docker'));
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const content = await configWith(inputs, join(theirs, 'config.json'));
  await writeFile(join(folder, 'config.json'), content, { mode: 0o600, flag: 'wx' });
  const names = await readdir(theirs).catch(() => []);
  const shared = names.filter((name) => !ownNames.has(name));
  await Promise.all(shared.map((name) => symlink(join(theirs, name), join(folder, name))));
  return {
    environment: { ...environment, DOCKER_CONFIG: folder, DOCKER_AUTH_CONFIG: undefined },
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  };
}

/**
 * By its seed a client proves to an engine that it may use the tokens which the engine got for another build of the same
 * client, whatever their login was: a login of its own has a seed of its own.
 */
const ownNames: ReadonlySet<string> = new Set(['config.json', '.token_seed', '.token_seed.lock']);

/** What the variable holds comes before the file, as it does for docker; an empty helper has docker read the file. */
async function configWith({ environment, login }: OwnConfigInputs, path: string): Promise<string> {
  const text = (await readConfigText(path)) ?? '{}';
  const config = parseDockerConfig(path, text);
  const variable = environment.DOCKER_AUTH_CONFIG;
  const given = variable ? parseDockerConfig('DOCKER_AUTH_CONFIG', variable).auths : {};
  const { registry, username, password } = login;
  const auth = Buffer.from(`${username}:${password.reveal()}`).toString('base64');
  const own = { ...without(given, registry), [helperKey(registry)]: { auth } };
  const helpers = Object.fromEntries(Object.keys(own).map((key) => [key, '']));
  return JSON.stringify({
    ...JSON.parse(text),
    auths: { ...without(config.auths, registry), ...own },
    credHelpers: { ...without(config.credHelpers, registry), ...helpers },
  });
}

function without(entries: DockerConfig['auths'], registry: string): DockerConfig['auths'] {
  return Object.fromEntries(Object.entries(entries).filter(([key]) => hostOf(key) !== hostOf(registry)));
}
