import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  commitAt,
  type FetchOptions,
  fetchedSource,
  type GitServer,
  type SourceRequest,
  type SourceState,
} from '../ci/index.ts';
import { readToken, type Settings } from '../config/index.ts';
import { ImageBuilderError, reasonOf } from '../core/index.ts';
import { openHttpClient } from '../http/index.ts';
import type { RefReader } from '../identity/index.ts';
import type { EmitProgress } from '../progress/index.ts';
import type { CommandRun } from './commands.ts';
import { agent, clock } from './connect.ts';

export interface SourcesInputs {
  readonly run: CommandRun;
  readonly settings: Settings;
  readonly resolvePath: (path: string) => string;
  readonly emit: EmitProgress;
}

/** Milliseconds without a byte; a server that says nothing for so long is down. */
const stallSeconds = 60;

/** Fetches commits and looks refs up, as `source` of the configuration says. */
export interface Sources {
  readonly refs: RefReader;
  /** Fetches a commit into a folder of its own, which is gone afterwards. */
  readonly withSource: <T>(source: SourceRequest, use: (state: SourceState) => Promise<T>) => Promise<T>;
}

export async function openSources(inputs: SourcesInputs): Promise<Sources> {
  const options = await fetchOptions(inputs);
  return {
    refs: {
      commitAt: ({ githubUrl, owner, name }, ref) =>
        commitAt({ host: new URL(githubUrl).host, owner, name }, ref, options),
    },
    withSource: async (source, use) => {
      const folder = await mkdtemp(join(tmpdir(), 'image-builder-source-'));
      try {
        const reader = fetchedSource(source, { ...options, folder: join(folder, 'source') });
        return await use(await reader.read(inputs.run.signal));
      } finally {
        await rm(folder, { recursive: true, force: true });
      }
    },
  };
}

async function fetchOptions({ run, settings, resolvePath, emit }: SourcesInputs): Promise<FetchOptions> {
  const { console, signal } = run;
  const { environment } = console;
  const { hosts, submodules, timeout, maxMegabytes, maxFiles } = settings.source;
  const servers = hosts.map(async (host): Promise<GitServer> => {
    const token = await readToken(host, { environment, resolvePath });
    const ca = host.ca === undefined ? undefined : await readAuthorities(resolvePath(host.ca));
    return {
      host: host.host,
      username: host.username,
      ...(token === undefined ? {} : { token }),
      ...(ca === undefined ? {} : { ca }),
    };
  });
  return {
    servers: await Promise.all(servers),
    submodules,
    limits: { seconds: timeout, stallSeconds, megabytes: maxMegabytes, files: maxFiles },
    environment,
    openHttp: (ca) => openHttpClient({ clock, random: Math.random, userAgent: agent, tls: { ca } }),
    emit,
    signal,
  };
}

async function readAuthorities(path: string): Promise<{ readonly path: string; readonly pem: string }> {
  try {
    return { path, pem: await readFile(path, 'utf8') };
  } catch (cause) {
    const message = `"${path}" cannot be read: ${reasonOf(cause)}`;
    const problems = [{ message, path: 'source.hosts' }];
    throw new ImageBuilderError('config.invalid', message, { problems }, { cause });
  }
}
