import { homedir } from 'node:os';
import { join } from 'node:path';
import { type HttpClient, openHttpClient } from '../http/index.ts';
import type { EmitProgress } from '../progress/index.ts';
import { dockerCredentials, helperRunner, openRegistry, type RegistryClient } from '../registry/index.ts';
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
}

export const clock = () => new Date();

/** What requests of this program say of themselves, and signatures too. */
export const agent = `image-builder/${version}`;

/** Clients for registries and other servers, with the logins of docker; disposing of them ends what they hold open. */
export function connect(
  { console }: Pick<CommandRun, 'console'>,
  { plainHttp, emit }: ConnectOptions,
): Connections & AsyncDisposable {
  const { environment } = console;
  const http = openHttpClient({ clock, random: Math.random, userAgent: agent });
  const credentials = dockerCredentials({
    configPath: join(environment.DOCKER_CONFIG || join(homedir(), '.docker'), 'config.json'),
    run: helperRunner({ environment }),
  });
  const registry = openRegistry({ http, credentials, plainHttp, clock, emit });
  return { http, registry, [Symbol.asyncDispose]: () => http.close() };
}
