import { homedir } from 'node:os';
import { join } from 'node:path';
import { Secret } from '../core/index.ts';
import { type HttpClient, type HttpClientOptions, openHttpClient } from '../http/index.ts';
import type { EmitProgress } from '../progress/index.ts';
import {
  dockerCredentials,
  helperRunner,
  openRegistry,
  type RegistryClient,
  type RegistryLogin,
} from '../registry/index.ts';
import type { CommandRun } from './commands.ts';
import { version } from './version.ts';

export interface Connections {
  readonly http: HttpClient;
  /** Ended by no signal yet. */
  readonly registry: RegistryClient;
}

interface ConnectOptions {
  /** Registries beside those on loopback that speak plain HTTP. */
  readonly plainHttp: readonly string[];
  readonly emit: EmitProgress;
  /** How long servers are waited for, when it is not as long as usual. */
  readonly patience?: Pick<HttpClientOptions, 'timeouts' | 'policy'>;
  /** Counts for its registry, in the place of docker's. */
  readonly login?: LazyLogin | undefined;
}

/** A login that is only read when its registry asks for one. */
export interface LazyLogin {
  /** Host, with its port. */
  readonly registry: string;
  read(): Promise<RegistryLogin>;
}

export const clock = () => new Date();

/** What requests of this program say of themselves, and signatures too. */
export const agent = `image-builder/${version}`;

/** Clients for registries and other servers, with the logins of docker; disposing of them ends what they hold open. */
export function connect(
  { console }: Pick<CommandRun, 'console'>,
  { plainHttp, emit, patience, login }: ConnectOptions,
): Connections & AsyncDisposable {
  const { environment } = console;
  const http = openHttpClient({ ...patience, clock, random: Math.random, userAgent: agent });
  const ofDocker = dockerCredentials({
    ...(environment.DOCKER_AUTH_CONFIG ? { inEnvironment: new Secret(environment.DOCKER_AUTH_CONFIG) } : {}),
    configPath: join(environment.DOCKER_CONFIG || join(homedir(), '.docker'), 'config.json'),
    run: helperRunner({ environment }),
  });
  const credentials: typeof ofDocker = async (registry) =>
    registry === login?.registry ? { kind: 'password', ...(await login.read()) } : ofDocker(registry);
  const registry = openRegistry({ http, credentials, plainHttp, clock, emit });
  return { http, registry, [Symbol.asyncDispose]: () => http.close() };
}
