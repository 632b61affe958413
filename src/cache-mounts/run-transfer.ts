import { copyFile, mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { reasonOf, Secret, throwIfCancelled } from '../core/index.ts';
import type { Ahead } from './ahead.ts';
import { type Handlers, openEndpoint } from './endpoint.ts';
import { helperDockerfile, type Work } from './helper-files.ts';
import type { Mount } from './mount.ts';

/** A helper build as the engine is to run it. */
export interface Helper {
  /** Absolute path. */
  readonly dockerfilePath: string;
  readonly contextDir: string;
  readonly cacheFrom: readonly string[];
  readonly endpoint: Secret;
  /** Another one for each run. */
  readonly once: string;
}

export interface TransferOptions {
  readonly helperImage: string;
  /** An absolute path; made when needed. */
  readonly folder: string;
  readonly runHelper: (helper: Helper, signal: AbortSignal) => Promise<void>;
  /** A word that nobody can guess. */
  readonly random: () => string;
}

export interface Transfer {
  readonly work: Work;
  readonly mounts: readonly Mount[];
  readonly handlers: Handlers;
  readonly ahead?: Ahead | undefined;
}

/** No step of the engine came to this program: it could not start or not connect. */
export class Unreached extends Error {
  override readonly name = 'Unreached';
}

/**
 * Has the engine run a helper build, and serves it. Resolves when all is transferred; what the engine gets ahead may go
 * on, and ends when the result is disposed of. Throws `Unreached`, and what went wrong at this end before what the
 * engine says of it.
 */
export async function runTransfer(
  { helperImage, folder, runHelper, random }: TransferOptions,
  { work, mounts, handlers, ahead }: Transfer,
  signal: AbortSignal,
): Promise<AsyncDisposable> {
  const place = join(folder, work);
  const dockerfilePath = join(place, 'Dockerfile');
  await mkdir(place, { recursive: true });
  const context = ahead?.context;
  await writeFile(dockerfilePath, helperDockerfile({ work, image: helperImage, mounts, ahead }));
  if (context !== undefined)
    await copyFile(context.ignoreFile, `${dockerfilePath}.dockerignore`).catch(() => undefined);
  const token = random();
  const over = Promise.withResolvers<void>();
  await using endpoint = await openEndpoint(new Secret(token), {
    ...handlers,
    over: async () => over.resolve(),
  });
  const secret = new Secret(`${endpoint.port} ${token}\n`);
  const stop = new AbortController();
  const helper = {
    dockerfilePath,
    contextDir: context?.folder ?? place,
    cacheFrom: ahead?.cacheFrom ?? [],
    endpoint: secret,
    once: random(),
  };
  const running = runHelper(helper, AbortSignal.any([signal, stop.signal]));
  // What is got ahead may fail once nobody waits for it any more.
  const ended = running.catch(() => undefined);
  try {
    // A directory that only one step may have at a time is its own until the helper is gone.
    await (mounts.some(({ sharing }) => sharing === 'private')
      ? running
      : Promise.race([running, over.promise]));
  } catch (error) {
    throwIfCancelled(signal);
    if (!endpoint.reached())
      throw new Unreached(`no step of the engine reached this program: ${reasonOf(error)}`, { cause: error });
    // The engine only says that the step failed, which it did because this end gave up.
    throw endpoint.failure() ?? error;
  }
  return {
    [Symbol.asyncDispose]: async () => {
      stop.abort('over');
      await ended;
      await rm(place, { recursive: true, force: true });
    },
  };
}
