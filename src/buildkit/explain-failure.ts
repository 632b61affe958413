import { ImageBuilderError } from '../core/index.ts';
import { type Instruction, parseDockerfile } from '../dockerfile/index.ts';
import { neutralise, neutraliseLine } from '../progress/index.ts';
import type { BuildJob } from './build-job.ts';
import type { InstructionStep } from './build-step.ts';
import { isCancellation, shortError, type TrackedStep } from './build-tracker.ts';
import type { EngineWords } from './engine-words.ts';
import { locateStep } from './locate-step.ts';

/** Lines of a failed step's output that its error carries. */
const outputLines = 20;

export interface FailedBuild {
  readonly job: BuildJob;
  readonly exitCode: number | undefined;
  readonly steps: readonly TrackedStep[];
  readonly words: EngineWords;
  /** Empty when the Dockerfile cannot be read. */
  readonly untrustedDockerfile: string;
}

/** Why a build failed that the engine took on: the caller's Dockerfile, or the engine itself. */
export function explainFailure(build: FailedBuild): ImageBuilderError {
  const failed = failedStep(build);
  if (failed?.step.kind === 'instruction') return instructionFailed(build, failed, failed.step);
  const reason = neutraliseLine(build.words.reason ?? failed?.untrustedError ?? '');
  if (failed?.step.kind === 'export' || !isRefusal(reason)) return engineFailed(build, reason);
  return refused(build, plainReason(reason));
}

/** The error of a build that buildx refused before the engine took it on, for example a context that is missing. */
export function refusedByClient({ job, words }: Pick<FailedBuild, 'job' | 'words'>): ImageBuilderError {
  return new ImageBuilderError(
    'build.failed',
    `the build did not start: ${neutraliseLine(words.reason ?? 'buildx gave no reason')}`,
    { file: job.dockerfilePath, output: words.tail(outputLines) },
  );
}

/** The step whose error ended the build: the one that buildx repeats, or else the first that was not just cancelled. */
function failedStep({ steps, words }: FailedBuild): TrackedStep | undefined {
  const failed = steps.filter(
    ({ step, untrustedError }) =>
      untrustedError !== undefined && step.kind !== 'cache' && !isCancellation(untrustedError),
  );
  const reason = words.reason ?? '';
  return failed.find(({ untrustedError = '' }) => reason.includes(firstLine(untrustedError))) ?? failed[0];
}

function firstLine(text: string): string {
  return text.split('\n', 1)[0] ?? '';
}

function instructionFailed(
  build: FailedBuild,
  failed: TrackedStep,
  step: InstructionStep,
): ImageBuilderError {
  const found = locateStep(step, parseDockerfile(build.untrustedDockerfile));
  const line = found?.line ?? build.words.place;
  const text = neutraliseLine(step.untrustedText);
  const reason = plainReason(neutraliseLine(shortError(failed.untrustedError ?? '')));
  const output = failed.output.tail(outputLines).map(neutralise);
  const several = build.job.platforms.length > 1;
  return new ImageBuilderError(
    'build.failed',
    `"${shorten(text)}" failed${several ? ` for ${step.platform}` : ''}: ${reason}`,
    { file: build.job.dockerfilePath, line, instruction: text, platform: step.platform, output },
    { hint: hintFor({ reason, output, platform: step.platform }) },
  );
}

function refused({ job, words, untrustedDockerfile }: FailedBuild, reason: string): ImageBuilderError {
  const line = words.place;
  const instruction = line === undefined ? undefined : instructionAt(line, untrustedDockerfile);
  return new ImageBuilderError(
    'build.failed',
    `the build failed: ${reason}`,
    {
      file: job.dockerfilePath,
      line,
      instruction: instruction === undefined ? undefined : neutraliseLine(instruction.text),
      output: [],
    },
    { hint: hintFor({ reason, output: [] }) },
  );
}

function instructionAt(line: number, untrustedDockerfile: string): Instruction | undefined {
  const all = parseDockerfile(untrustedDockerfile).flatMap(({ from, instructions }) => [
    from,
    ...instructions,
  ]);
  return all.find((instruction) => instruction.line === line);
}

function engineFailed({ exitCode }: FailedBuild, reason: string): ImageBuilderError {
  return new ImageBuilderError(
    'engine.failed',
    `the build engine failed: ${reason || `buildx ended with ${exitCode === undefined ? 'a signal' : `exit code ${exitCode}`}`}`,
    { exitCode },
    {
      hint: 'check that the engine runs, and that its disk and the folder for temporary files (TMPDIR) have room',
    },
  );
}

/** The gRPC codes of a connection or an engine that broke down, as buildx prints them. */
const breakdown =
  /^failed to solve: (?:rpc error: code = )?(?:Unavailable|Canceled|DeadlineExceeded|Internal)\b/;

/** Whether the engine solved the build and came to an error, as opposed to breaking down over it. */
function isRefusal(reason: string): boolean {
  return reason.startsWith('failed to solve: ') && !breakdown.test(reason);
}

/** BuildKit's reason without the names of its own parts. */
function plainReason(reason: string): string {
  return reason
    .replace(/^failed to solve: /, '')
    .replace(/^dockerfile parse error on line \d+: /, '')
    .replace(/^failed to compute cache key: /, '')
    .replace(/^failed to calculate checksum of ref \S+: /, '')
    .replace(/^\S+: failed to resolve source metadata for (\S+): (?:\1: )?/, 'cannot load image "$1": ');
}

function shorten(text: string): string {
  return text.length > 80 ? `${text.slice(0, 79)}…` : text;
}

interface Symptoms {
  readonly reason: string;
  readonly output: readonly string[];
  readonly platform?: string;
}

function hintFor({ reason, output, platform = 'that platform' }: Symptoms): string | undefined {
  if (/exit code: 137$/.test(reason)) {
    return 'the step was killed, most likely because memory ran out: give the engine more, or do less at once';
  }
  if (output.some((line) => line.includes('exec format error'))) {
    return `the engine cannot run programs of ${platform}: install emulation (binfmt), or cross-compile in a stage FROM --platform=$BUILDPLATFORM`;
  }
  if (/^"[^"]*": not found$/.test(reason)) {
    return 'look for the path in the build context, and for a pattern in .dockerignore that leaves it out';
  }
  if (reason.startsWith('cannot load image ')) {
    return 'check the name of the image, that it has this platform, and that the engine may pull it';
  }
  return undefined;
}
