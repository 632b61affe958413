import { randomUUID } from 'node:crypto';
import { exitCodes, isFailure, reasonOf } from '../core/index.ts';
import { type RunnerFiles, runnerFiles, workflowCommand } from '../github/index.ts';
import { type HttpClient, openHttpClient } from '../http/index.ts';
import { neutralise } from '../progress/index.ts';

/** Replaced by the bundler with the version of package.json. */
declare const IMAGE_BUILDER_VERSION: string;

/** What the code of an action is given of its process. */
export interface ActionRun {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly http: HttpClient;
  readonly files: RunnerFiles;
  /** Writes one line to the log of the step. */
  readonly print: (line: string) => void;
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
    await work({ environment, http: http.client, files, print, signal: cancelOnSignals() });
  } catch (error) {
    print(workflowCommand('error', { title: 'image-builder' }, describe(error)));
    process.exitCode = isFailure(error) ? exitCodes[error.code] : exitCodes.internal;
  }
}

function openClosingHttp(): AsyncDisposable & { readonly client: HttpClient } {
  const userAgent = `image-builder-action/${IMAGE_BUILDER_VERSION}`;
  const client = openHttpClient({ clock: () => new Date(), random: Math.random, userAgent });
  return { client, [Symbol.asyncDispose]: () => client.close() };
}

function cancelOnSignals(): AbortSignal {
  const controller = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.on(name, () => controller.abort(name));
  return controller.signal;
}

function describe(error: unknown): string {
  const hint = isFailure(error) && error.hint !== undefined ? `\nhint: ${error.hint}` : '';
  return neutralise(`${reasonOf(error)}${hint}`);
}
