import { readFile } from 'node:fs/promises';
import { basename, relative } from 'node:path';
import { cancelled, ImageBuilderError, reasonOf, throwIfCancelled } from '../core/index.ts';
import { runCommand } from '../process/index.ts';
import type { EmitProgress } from '../progress/index.ts';
import { buildArguments } from './build-arguments.ts';
import type { BuildJob } from './build-job.ts';
import { type BuildOutcome, readBuildRef, readImageDigest, summarise } from './build-outcome.ts';
import { BuildTracker } from './build-tracker.ts';
import { type BuildWarning, readWarning } from './build-warning.ts';
import type { Engine } from './engine.ts';
import { EngineWords } from './engine-words.ts';
import { explainFailure, refusedByClient } from './explain-failure.ts';
import { cannotExport, inspectEngine } from './inspect-engine.ts';
import { jobEnvironment } from './job-environment.ts';
import { createLineReader } from './line-reader.ts';
import { runTimes } from './run-times.ts';
import { parseSolveStatus, type VertexWarning } from './solve-status.ts';

/** Milliseconds; a longer timer would fire at once. */
const longestTimer = 2 ** 31 - 1;

export interface RunBuildOptions {
  readonly emit: EmitProgress;
  readonly signal?: AbortSignal | undefined;
  readonly timeoutSeconds: number;
  /** The environment of buildx: credentials, contexts, secrets by name. */
  readonly env: Readonly<Record<string, string | undefined>>;
}

/**
 * Builds every platform into the OCI layout at `job.outputDir`. Fails with `build.failed` when the Dockerfile is at
 * fault, `engine.not-found` or `engine.failed` when the engine is, `build.timed-out` and `cancelled`; whatever runs
 * is stopped first.
 */
export async function runBuild(
  engine: Engine,
  job: BuildJob,
  options: RunBuildOptions,
): Promise<BuildOutcome> {
  const { signal, timeoutSeconds } = options;
  throwIfCancelled(signal);
  requireSecrets(job, options.env);
  const timeout = AbortSignal.timeout(Math.min(timeoutSeconds * 1000, longestTimer));
  const stop = signal === undefined ? timeout : AbortSignal.any([signal, timeout]);
  const run = new BuildRun(job, options.emit);
  const exitCode = await run.execute(engine, { env: options.env, signal: stop });
  if (signal?.aborted) throw cancelled(signal);
  if (exitCode === 0) return run.outcome();
  if (timeout.aborted) throw timedOut(timeoutSeconds);
  throw await run.failure(exitCode, engine, options);
}

/** buildx passes an empty secret for a variable that is not set, and the build goes wrong later or not at all. */
function requireSecrets({ secrets }: BuildJob, env: RunBuildOptions['env']): void {
  for (const secret of secrets) {
    if ('src' in secret || env[secret.env] !== undefined) continue;
    throw new ImageBuilderError(
      'request.invalid',
      `build secret "${secret.id}" is to come from "${secret.env}", which is not set`,
      { field: 'secrets' },
      { hint: `set the environment variable ${secret.env}` },
    );
  }
}

function timedOut(seconds: number): ImageBuilderError {
  return new ImageBuilderError(
    'build.timed-out',
    `the build was stopped after ${seconds} seconds`,
    { seconds },
    { hint: 'see which steps were slow; allow more time, or a cache, if they have to be' },
  );
}

/** One call of buildx and what was read from it. */
class BuildRun {
  readonly #job: BuildJob;
  readonly #emit: EmitProgress;
  readonly #tracker: BuildTracker;
  readonly #words = new EngineWords();
  readonly #warnings = new Map<string, BuildWarning>();

  constructor(job: BuildJob, emit: EmitProgress) {
    this.#job = job;
    this.#emit = emit;
    this.#tracker = new BuildTracker(job.platforms[0] ?? '', emit);
  }

  async execute(
    { command }: Engine,
    { env, signal }: { readonly env: RunBuildOptions['env']; readonly signal: AbortSignal },
  ): Promise<number | undefined> {
    const reader = createLineReader((line) => this.#takeLine(line));
    try {
      return await runCommand([...command, ...buildArguments(this.#job)], {
        env: jobEnvironment(env, this.#job),
        signal,
        onStderr: reader.take,
      });
    } catch (cause) {
      throw new ImageBuilderError(
        'engine.not-found',
        `cannot start "${command[0]}": ${reasonOf(cause)}`,
        { tried: [command[0]] },
        { cause },
      );
    } finally {
      reader.end();
      this.#tracker.end();
    }
  }

  async outcome(): Promise<BuildOutcome> {
    const metadata = await readFile(this.#job.metadataPath, 'utf8');
    const [digest, buildRef] = [readImageDigest(metadata), readBuildRef(metadata)];
    if (digest === undefined) {
      throw new ImageBuilderError('engine.failed', 'the engine named no digest of the image', {
        exitCode: 0,
      });
    }
    const { steps } = this.#tracker;
    return {
      digest,
      ...(buildRef === undefined ? {} : { buildRef }),
      warnings: [...this.#warnings.values()],
      ...summarise(steps, this.#job.platforms),
      runs: runTimes(steps, await this.#untrustedDockerfile()),
    };
  }

  async failure(
    exitCode: number | undefined,
    engine: Engine,
    { env, signal }: RunBuildOptions,
  ): Promise<ImageBuilderError> {
    const [job, words, { steps }] = [this.#job, this.#words, this.#tracker];
    if (steps.length > 0) {
      return explainFailure({
        ...{ job, exitCode, steps, words },
        untrustedDockerfile: await this.#untrustedDockerfile(),
      });
    }
    const details = await inspectEngine(engine, { builder: job.builder, env, signal });
    return details.exportsLayouts ? refusedByClient({ job, words }) : cannotExport(details);
  }

  /** Empty when it cannot be read. */
  #untrustedDockerfile(): Promise<string> {
    return readFile(this.#job.dockerfilePath, 'utf8').catch(() => '');
  }

  #takeLine(line: string): void {
    const status = parseSolveStatus(line);
    if (status === undefined) {
      this.#words.take(line);
      return;
    }
    this.#tracker.take(status);
    for (const warning of status.warnings) this.#takeWarning(warning);
  }

  /** Each platform has its own linter; a warning counts once. */
  #takeWarning(untrusted: VertexWarning): void {
    const warning = readWarning(untrusted, this.#job.dockerfilePath);
    const place = `${basename(warning.file)}${warning.line === undefined ? '' : `:${warning.line}`}`;
    const message = `${place}: ${warning.message}`;
    if (this.#warnings.has(message)) return;
    this.#warnings.set(message, warning);
    const file = relative(this.#job.checkoutDir, warning.file);
    this.#emit({ kind: 'notice', level: 'warning', message, ...annotated({ ...warning, file }) });
  }
}

/** Where a CI runner shows it, under the name of its rule. */
function annotated({ file, line, message }: BuildWarning): { file: string; line?: number; title?: string } {
  const [title] = /^\w+(?=: )/.exec(message) ?? [];
  return { file, ...(line === undefined ? {} : { line }), ...(title === undefined ? {} : { title }) };
}
