import { readFile } from 'node:fs/promises';
import { ImageBuilderError, Secret } from '../../core/index.ts';
import { dockerHubRegistry } from '../../oci/index.ts';
import type { Credentials } from './credentials.ts';

/** The key that Docker has always used for its own registry. */
const dockerHubKey = 'https://index.docker.io/v1/';
const dockerHubHosts: ReadonlySet<string> = new Set([dockerHubRegistry, 'docker.io', 'registry-1.docker.io']);

type Untrusted = Readonly<Record<string, unknown>>;

/** What `docker login` wrote; its entries are read when their registry is asked for. */
export interface DockerConfig {
  readonly path: string;
  readonly auths: Untrusted;
  readonly credHelpers: Untrusted;
  readonly credsStore: string | undefined;
}

/** Reads a Docker `config.json`; undefined when there is none, `config.invalid` when it is damaged. */
export async function readDockerConfig(path: string): Promise<DockerConfig | undefined> {
  const text = await readConfigText(path);
  return text === undefined ? undefined : parseDockerConfig(path, text);
}

/** The text of a Docker configuration; undefined when there is none. */
export async function readConfigText(path: string): Promise<string | undefined> {
  return readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return undefined;
    throw invalidConfig(path, `cannot be read (${error.code})`, { cause: error });
  });
}

/** Reads the text of a Docker configuration. Throws `config.invalid` when it is damaged. */
export function parseDockerConfig(path: string, text: string): DockerConfig {
  const config = record(parseJson(path, text), path, 'the file');
  const { auths = {}, credHelpers = {}, credsStore = '' } = config;
  if (typeof credsStore !== 'string') throw invalidConfig(path, 'expected "credsStore" to be a text');
  return {
    path,
    auths: record(auths, path, '"auths"'),
    credHelpers: record(credHelpers, path, '"credHelpers"'),
    credsStore: credsStore === '' ? undefined : credsStore,
  };
}

/** The parser's own message quotes the text around the fault, which may be a password: it is not passed on. */
function parseJson(path: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw invalidConfig(path, 'is not valid JSON');
  }
}

function record(value: unknown, path: string, what: string): Untrusted {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Untrusted;
  throw invalidConfig(path, `expected ${what} to be an object`);
}

/** The name under which credential helpers know a registry. */
export function helperKey(registry: string): string {
  return registry === dockerHubRegistry ? dockerHubKey : registry;
}

/** The entry of this registry: keys are hosts, or URLs as old versions of Docker wrote them. */
export function entryOf(entries: Untrusted, registry: string): unknown {
  const exact = Object.hasOwn(entries, helperKey(registry)) ? helperKey(registry) : undefined;
  const key = exact ?? Object.keys(entries).find((name) => hostOf(name) === hostOf(registry));
  return key === undefined ? undefined : entries[key];
}

/** The registry that a key stands for. */
export function hostOf(key: string): string {
  const host = key.replace(/^https?:\/\//, '').replace(/\/.*$/s, '');
  return dockerHubHosts.has(host) ? dockerHubRegistry : host;
}

/** The credentials that the file itself holds for a registry. */
export function inlineCredentials(config: DockerConfig, registry: string): Credentials | undefined {
  const untrusted = entryOf(config.auths, registry);
  if (untrusted === undefined || untrusted === null) return undefined;
  const entry = record(untrusted, config.path, `the entry of "${registry}" in "auths"`);
  if (typeof entry.identitytoken === 'string' && entry.identitytoken !== '') {
    return { kind: 'identity-token', token: new Secret(entry.identitytoken) };
  }
  if (typeof entry.username === 'string' && typeof entry.password === 'string' && entry.username !== '') {
    return { kind: 'password', username: entry.username, password: new Secret(entry.password) };
  }
  if (entry.auth === undefined || entry.auth === '') return undefined;
  const decoded = typeof entry.auth === 'string' ? Buffer.from(entry.auth, 'base64').toString() : '';
  const colon = decoded.indexOf(':');
  if (colon > 0) {
    const password = decoded.slice(colon + 1).replace(/\0+$/, '');
    return { kind: 'password', username: decoded.slice(0, colon), password: new Secret(password) };
  }
  throw invalidConfig(config.path, `expected "auth" of "${registry}" to be the base64 text of user:password`);
}

/** The error of a Docker configuration that cannot be used; `reason` must not quote its contents. */
export function invalidConfig(
  path: string,
  reason: string,
  options: { readonly hint?: string; readonly cause?: unknown } = {},
): ImageBuilderError<'config.invalid'> {
  const message = `docker config "${path}": ${reason}`;
  const hint = options.hint ?? 'repair the file, or remove it and run "docker login" again';
  const problem = { message: reason, source: path, hint };
  return new ImageBuilderError(
    'config.invalid',
    message,
    { problems: [problem] },
    { hint, cause: options.cause },
  );
}
