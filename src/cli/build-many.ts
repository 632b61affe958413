import { resolve } from 'node:path';
import { loadImageMatrix, type MatrixImage } from '../config/index.ts';
import { ImageBuilderError, isFailure, withSubject } from '../core/index.ts';
import { type EmitProgress, neutralise, prefixed, printJson } from '../progress/index.ts';
import { limiter } from '../registry/index.ts';
import { joinReports, summarizeReport, writeFileWhole } from '../report/index.ts';
import type { BuildRequest } from '../request/index.ts';
import type { SubmitResult } from '../submit/index.ts';
import type { AnsweringTools } from './afterwards.ts';
import type { CommandRun } from './commands.ts';
import { carryOut, type DecidedBuild, decideBuild } from './decide-build.ts';
import { one } from './one.ts';
import { prepare, requestFrom } from './prepare.ts';
import { usageError } from './usage-error.ts';
import { wholeNumber } from './whole-number.ts';

/** Builds at a time that share one engine: enough to keep it busy while one of them is on the network. */
const defaultParallel = 4;

/**
 * Has the images of a matrix built from one checkout, several at a time, by one engine, which runs what they share once.
 * Nothing is built unless all can be. One that fails ends none of the others. Prints and writes one report of all.
 */
export async function buildMany(run: CommandRun, tools: AnsweringTools): Promise<number> {
  const parallel = wholeNumber(run.args, 'parallel', { from: 1, to: 64 }) ?? defaultParallel;
  const builds = await decideAll(run, tools.emit);
  const inTurn = limiter(parallel);
  const results = await Promise.all(
    builds.map((decided) => {
      const emit = prefixed(decided.imageName, tools.emit);
      return inTurn(() => carryOut(run, decided, { ...tools, emit }));
    }),
  );
  tools.close();
  return answerAll(run, results);
}

async function decideAll(run: CommandRun, emit: EmitProgress): Promise<readonly DecidedBuild[]> {
  const { args, console } = run;
  for (const flag of ['name', 'dry-run', 'ado-preview-run'])
    if (one(args, flag) !== undefined || args.switches.get(flag)) throw notWithMatrix(flag);
  const images = await loadImageMatrix(resolve(console.directory, one(args, 'matrix') ?? ''));
  const prepared = await prepare(run);
  for (const message of prepared.warnings) emit({ kind: 'notice', level: 'warning', message });
  const builds: DecidedBuild[] = [];
  for (const image of images) {
    try {
      builds.push(await decideBuild(run, prepared, requestOf(image, requestFrom(args))));
    } catch (error) {
      throw isFailure(error) ? withSubject(image.name, error) : error;
    }
  }
  return builds;
}

/** What the matrix says of an image stands in the place of what the command line says; lists are joined. */
function requestOf(image: MatrixImage, shared: BuildRequest): BuildRequest {
  const { name, dockerfile, context, target, platforms, buildArgs, tags } = image;
  return {
    ...shared,
    name,
    ...(dockerfile === undefined ? {} : { dockerfile }),
    ...(context === undefined ? {} : { context }),
    ...(target === undefined ? {} : { target }),
    ...(platforms === undefined ? {} : { platforms }),
    buildArgs: [...shared.buildArgs, ...buildArgs],
    tags: [...shared.tags, ...tags],
  };
}

async function answerAll({ args, console }: CommandRun, results: readonly SubmitResult[]): Promise<number> {
  const joined = joinReports(results.map(({ report }) => report));
  const json = printJson(joined, 2);
  const text = joined.builds.map((report) => summarizeReport(report)).join('\n');
  console.stdout.write(args.switches.get('json') ? json : neutralise(text));
  const path = one(args, 'build-report-path');
  if (path !== undefined) await writeFileWhole(path, json);
  const failures = results.flatMap(({ error, report }) => (error === undefined ? [] : [{ error, report }]));
  const [first] = failures;
  if (first === undefined) return 0;
  if (failures.length === 1) throw withSubject(first.report.image_name, first.error);
  throw severalFailed(
    failures.map(({ report }) => report.image_name),
    first.error,
    results.length,
  );
}

function severalFailed(
  failed: readonly string[],
  { code, message }: ImageBuilderError,
  all: number,
): ImageBuilderError<'builds.failed'> {
  const text = `${failed.length} of ${all} images failed; "${failed[0]}": ${message}`;
  const hint = `failed: ${failed.join(', ')}; the report has the reason of each`;
  return new ImageBuilderError('builds.failed', text, { failed, cause: code }, { hint });
}

function notWithMatrix(flag: string): ImageBuilderError {
  const hint = 'leave it out, or build without --matrix';
  return usageError(`--${flag}`, `"--${flag}" does not go with "--matrix"`, hint);
}
