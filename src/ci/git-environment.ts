import { authorizationOf, type GitServer } from './git-server.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/** All that git gets to see of our environment: where programs are, and the proxies. */
const inherited = [
  'PATH',
  'HTTPS_PROXY',
  'https_proxy',
  'ALL_PROXY',
  'all_proxy',
  'SSL_CERT_FILE',
  'SSL_CERT_DIR',
];

/** Directly reached, as by our own HTTP client. */
const thisMachine = 'localhost,127.0.0.1,::1';

/** In force for every command, whatever a repository says: nothing of it is run, nothing is rewritten. */
const fixedSettings: readonly (readonly [key: string, value: string])[] = [
  ['core.hooksPath', '/dev/null'],
  ['core.fsmonitor', 'false'],
  ['core.attributesFile', '/dev/null'],
  ['core.autocrlf', 'false'],
  ['core.logAllRefUpdates', 'false'],
  ['credential.helper', ''],
  ['submodule.recurse', 'false'],
  ['gc.auto', '0'],
  ['maintenance.auto', 'false'],
  // Whatever is transferred is one file that grows, and a large one in it is not held in memory.
  ['fetch.unpackLimit', '1'],
  ['core.bigFileThreshold', '16m'],
];

/** The environment of a git that calls nobody. It reads no configuration but that of the repository, and none of ours. */
export function gitEnvironment(environment: Environment): Environment {
  return { ...baseEnvironment(environment), ...gitSettings(fixedSettings) };
}

export interface ServerCall {
  readonly environment: Environment;
  readonly server: GitServer;
  /** Without a byte from the server. */
  readonly stallSeconds: number;
}

/**
 * The environment of a git that calls this server, and no other: https alone, no redirect, no question to anybody. The
 * login stands in the environment, where no argument list and no file of the repository shows it.
 */
export function serverEnvironment({ environment, server, stallSeconds }: ServerCall): Environment {
  const authorization = authorizationOf(server);
  const { NO_PROXY: upper, no_proxy: lower } = environment;
  return {
    ...baseEnvironment(environment),
    no_proxy: [lower ?? upper, thisMachine].filter(Boolean).join(','),
    ...gitSettings([
      ...fixedSettings,
      ['http.followRedirects', 'false'],
      ['http.sslVerify', 'true'],
      ['http.sslVersion', 'tlsv1.2'],
      ['http.lowSpeedLimit', '1'],
      ['http.lowSpeedTime', String(stallSeconds)],
      ...(server.ca === undefined ? [] : [['http.sslCAInfo', server.ca.path] as const]),
      ...(authorization === undefined
        ? []
        : [
            [`http.https://${server.host}/.extraHeader`, `Authorization: ${authorization.reveal()}`] as const,
          ]),
    ]),
  };
}

function baseEnvironment(environment: Environment): Environment {
  return {
    ...Object.fromEntries(inherited.map((name) => [name, environment[name]])),
    // No folder, so that there is no .netrc, no .gitconfig and no .config either.
    HOME: '/dev/null',
    LC_ALL: 'C',
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_CONFIG_SYSTEM: '/dev/null',
    GIT_ATTR_NOSYSTEM: '1',
    GIT_TERMINAL_PROMPT: '0',
    GIT_ALLOW_PROTOCOL: 'https',
  };
}

function gitSettings(settings: readonly (readonly [string, string])[]): Environment {
  const pairs = settings.flatMap(([key, value], at) => [
    [`GIT_CONFIG_KEY_${at}`, key],
    [`GIT_CONFIG_VALUE_${at}`, value],
  ]);
  return { ...Object.fromEntries(pairs), GIT_CONFIG_COUNT: String(settings.length) };
}
