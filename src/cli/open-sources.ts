import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { commitAt, fetchedSource, type SourceRequest, type SourceState } from '../ci/index.ts';
import type { Settings } from '../config/index.ts';
import type { RefReader } from '../identity/index.ts';
import { makeWorkFolder, ownFolder } from '../pipeline/index.ts';
import type { EmitProgress } from '../progress/index.ts';
import type { CommandRun } from './commands.ts';
import { clock } from './connect.ts';
import { fetchOptions } from './fetch-options.ts';

export interface SourcesInputs {
  readonly run: CommandRun;
  readonly settings: Settings;
  readonly resolvePath: (path: string) => string;
  readonly emit: EmitProgress;
}

/** Fetches commits and looks refs up, as `source` of the configuration says. */
export interface Sources {
  readonly refs: RefReader;
  /** Fetches a commit into a folder of its own, which is gone afterwards. */
  readonly withSource: <T>(source: SourceRequest, use: (state: SourceState) => Promise<T>) => Promise<T>;
}

export async function openSources(inputs: SourcesInputs): Promise<Sources> {
  const { run, ...others } = inputs;
  const { environment } = run.console;
  const options = await fetchOptions({ ...others, environment, signal: run.signal });
  return {
    refs: {
      commitAt: ({ githubUrl, owner, name }, ref) =>
        commitAt({ host: new URL(githubUrl).host, owner, name }, ref, options),
    },
    withSource: async (source, use) => {
      // Ours alone, so that what a killed run leaves behind goes a day later.
      const folder = await makeWorkFolder(await ownFolder(tmpdir(), clock), tmpdir());
      try {
        const reader = fetchedSource(source, { ...options, folder: join(folder, 'source') });
        return await use(await reader.read(run.signal));
      } finally {
        await rm(folder, { recursive: true, force: true });
      }
    },
  };
}
