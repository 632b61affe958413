import { Secret } from '../../core/index.ts';
import type { RunHelper } from './credential-helper.ts';
import type { Credentials, FindCredentials } from './credentials.ts';
import {
  type DockerConfig,
  entryOf,
  helperKey,
  inlineCredentials,
  invalidConfig,
  parseDockerConfig,
  readDockerConfig,
} from './docker-config.ts';
import { googleCredentials } from './google-credentials.ts';

/** The user name by which a helper says that the secret is an identity token. */
const identityTokenUser = '<token>';

export interface DockerCredentialsOptions {
  /** Docker's `config.json`; it need not exist. */
  readonly configPath: string;
  /** `DOCKER_AUTH_CONFIG`: the same as JSON, which wins over the file, as it does for docker. */
  readonly inEnvironment?: Secret | undefined;
  readonly run: RunHelper;
  /** Asked for the registries of Google that the Docker configuration does not know. */
  readonly google?: FindCredentials;
}

/**
 * Finds credentials as `docker push` does: the registry's own helper, the general store, what the file holds; then,
 * for Google's registries, application default credentials.
 */
export function dockerCredentials(options: DockerCredentialsOptions): FindCredentials {
  const { configPath, run, inEnvironment: text, google = googleCredentials() } = options;
  const inEnvironment =
    text === undefined ? undefined : () => parseDockerConfig('DOCKER_AUTH_CONFIG', text.reveal());
  return async (registry) => {
    const given = inEnvironment === undefined ? undefined : inlineCredentials(inEnvironment(), registry);
    if (given !== undefined) return given;
    const config = await readDockerConfig(configPath);
    const known = config === undefined ? undefined : await configuredCredentials(config, registry, run);
    return known ?? google(registry);
  };
}

async function configuredCredentials(
  config: DockerConfig,
  registry: string,
  run: RunHelper,
): Promise<Credentials | undefined> {
  const helper = entryOf(config.credHelpers, registry);
  if (typeof helper === 'string' && helper !== '') return askHelper(config, { helper, registry }, run);
  const stored =
    config.credsStore === undefined
      ? undefined
      : await askHelper(config, { helper: config.credsStore, registry }, run);
  return stored ?? inlineCredentials(config, registry);
}

/** The protocol of docker-credential-helpers: the server's name on stdin, JSON on stdout. */
async function askHelper(
  { path }: DockerConfig,
  { helper, registry }: { readonly helper: string; readonly registry: string },
  run: RunHelper,
): Promise<Credentials | undefined> {
  if (!/^[A-Za-z0-9._-]+$/.test(helper))
    throw invalidConfig(path, 'the name of a credential helper is not a plain word');
  const command = `docker-credential-${helper}`;
  const unusable = (reason: string, cause?: unknown) =>
    invalidConfig(path, `credential helper "${command}" ${reason}`, {
      hint: `check the helper by hand: echo ${registry} | ${command} get`,
      cause,
    });
  const outcome = await run(command, helperKey(registry)).catch((error: NodeJS.ErrnoException) => {
    throw unusable(error.code === 'ENOENT' ? 'is not installed' : 'could not be run', error);
  });
  const { exitCode, stdout, stderr } = outcome;
  if (exitCode === undefined) throw unusable('was stopped, expected a short answer in time');
  if (exitCode !== 0 && /credentials not found/i.test(`${stdout}${stderr}`)) return undefined;
  if (exitCode !== 0) throw unusable(`failed with exit code ${exitCode}`);
  const answer = parseAnswer(stdout);
  if (answer === undefined) throw unusable('did not print Username and Secret');
  const { username, secret } = answer;
  if (username === '' && secret.reveal() === '') return undefined;
  return username === identityTokenUser
    ? { kind: 'identity-token', token: secret }
    : { kind: 'password', username, password: secret };
}

function parseAnswer(stdout: string): { readonly username: string; readonly secret: Secret } | undefined {
  try {
    const { Username: username, Secret: secret } = JSON.parse(stdout) as Record<string, unknown>;
    return typeof username === 'string' && typeof secret === 'string'
      ? { username, secret: new Secret(secret) }
      : undefined;
  } catch {
    return undefined;
  }
}
