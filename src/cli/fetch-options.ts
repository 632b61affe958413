import { readFile } from 'node:fs/promises';
import type { FetchOptions, GitServer } from '../ci/index.ts';
import { readToken, type Settings, type TokenPlaces } from '../config/index.ts';
import { ImageBuilderError, reasonOf } from '../core/index.ts';
import { openHttpClient } from '../http/index.ts';
import type { EmitProgress } from '../progress/index.ts';
import { agent, clock } from './connect.ts';

export interface FetchInputs extends TokenPlaces {
  readonly settings: Pick<Settings, 'source'>;
  readonly emit: EmitProgress;
  readonly signal?: AbortSignal | undefined;
}

/** Seconds. A server that counts what it has to send says so every five. */
const stallSeconds = 60;

/** How source is fetched by the configuration. Reads the tokens. Throws `config.invalid`. */
export async function fetchOptions(inputs: FetchInputs): Promise<FetchOptions> {
  const { settings, environment, emit, signal } = inputs;
  const { hosts, submodules, timeout, maxMegabytes, maxFiles } = settings.source;
  return {
    servers: await Promise.all(hosts.map((host) => gitServer(host, inputs))),
    submodules,
    limits: { seconds: timeout, stallSeconds, megabytes: maxMegabytes, files: maxFiles },
    environment,
    openHttp: (ca) => openHttpClient({ clock, random: Math.random, userAgent: agent, tls: { ca } }),
    emit,
    signal,
  };
}

async function gitServer(
  settings: Settings['source']['hosts'][number],
  places: TokenPlaces,
): Promise<GitServer> {
  const { host, username, ca } = settings;
  const token = await readToken(settings, places);
  return {
    host,
    username,
    token,
    ca: ca === undefined ? undefined : await readAuthorities(places.resolvePath(ca)),
  };
}

async function readAuthorities(path: string): Promise<GitServer['ca']> {
  try {
    return { path, pem: await readFile(path, 'utf8') };
  } catch (cause) {
    const problems = [{ source: path, message: `cannot be read: ${reasonOf(cause)}` }];
    const message = `the authorities in "${path}" cannot be used`;
    throw new ImageBuilderError('config.invalid', message, { problems }, { cause });
  }
}
