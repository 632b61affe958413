import { randomUUID } from 'node:crypto';
import { exitCodeOf, exitCodes, isFailure } from '../core/index.ts';
import { type RunnerFiles, runnerFiles } from '../github/index.ts';
import { type HttpClient, openHttpClient } from '../http/index.ts';
import { annotateError } from '../progress/index.ts';

/** Replaced by the bundler with the version of package.json. */
declare const IMAGE_BUILDER_VERSION: string;

/** What requests of the actions say of themselves. */
export const userAgent = `image-builder-action/${IMAGE_BUILDER_VERSION}`;

/** What the code of an action is given of its process. */
export interface ActionRun {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly http: HttpClient;
  readonly files: RunnerFiles;
  /** Writes one line to the log of the step. */
  readonly print: (line: string) => void;
  /** The log of the step. */
  readonly stream: { readonly write: (text: string) => unknown };
  /** A text that nobody can guess, another one at each call. */
  readonly random: () => string;
  /** Aborted when the runner cancels the step; 7.5 s later it ends the process. */
  readonly signal: AbortSignal;
}

/** Runs an action to its end; what it throws becomes an annotation and the exit code. */
export async function runAction(work: (run: ActionRun) => Promise<void>): Promise<void> {
  const print = (line: string) => void process.stdout.write(`${line}\n`);
  const environment = process.env;
  await using http = openClosingHttp();
  const files = runnerFiles({ environment, delimiter: () => `delimiter-${randomUUID()}` });
  try {
    await work({
      ...{ environment, http: http.client, files, print, stream: process.stdout, random: randomUUID },
      signal: cancelOnSignals(),
    });
  } catch (error) {
    print(annotateError('github', error) ?? '');
    process.exitCode = isFailure(error) ? exitCodeOf(error) : exitCodes.internal;
  }
}

function openClosingHttp(): AsyncDisposable & { readonly client: HttpClient } {
  const client = openHttpClient({ clock: () => new Date(), random: Math.random, userAgent });
  return { client, [Symbol.asyncDispose]: () => client.close() };
}

function cancelOnSignals(): AbortSignal {
  const controller = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.on(name, () => controller.abort(name));
  return controller.signal;
}
