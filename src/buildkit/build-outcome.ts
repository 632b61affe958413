import { type Digest, parseDigest } from '../oci/index.ts';
import { neutraliseLine } from '../progress/index.ts';
import { type InstructionStep, printStep } from './build-step.ts';
import type { TrackedStep } from './build-tracker.ts';
import type { BuildWarning } from './build-warning.ts';
import type { TimedRun } from './run-times.ts';

/** Steps that are worth naming as slow. */
const slowestCount = 5;

export interface BuildOutcome {
  /** Of the index, or of the manifest when the build is for one platform without attestations. */
  readonly digest: Digest;
  /** Name of the build in the engine's history; absent when the engine gave none. */
  readonly buildRef?: string;
  /** From the first step to the last, by the engine's clock. */
  readonly seconds: number;
  readonly warnings: readonly BuildWarning[];
  /** In the order of the job. */
  readonly platforms: readonly PlatformOutcome[];
  /** The slowest first. */
  readonly slowestSteps: readonly SlowStep[];
  /** Every RUN that was carried out. */
  readonly runs: readonly TimedRun[];
}

export interface PlatformOutcome {
  readonly platform: string;
  /** From its first step to its last; steps of several platforms run at the same time. */
  readonly seconds: number;
  /** RUN, COPY, ADD and WORKDIR; FROM is never cached, it finds its image or pulls it. */
  readonly steps: number;
  readonly cachedSteps: number;
}

export interface SlowStep {
  readonly platform: string;
  /** Safe to print. */
  readonly name: string;
  readonly seconds: number;
  /** Seconds from the start of the first step to the start of this one. */
  readonly after: number;
}

/** The digest that buildx wrote into its metadata file; undefined when there is none. */
export function readImageDigest(metadata: string): Digest | undefined {
  const { 'containerimage.digest': digest } = JSON.parse(metadata) as Record<string, unknown>;
  return typeof digest === 'string' ? parseDigest(digest) : undefined;
}

/** The name of the build in the history of its engine, from the same file: `builder/node/name`. */
export function readBuildRef(metadata: string): string | undefined {
  const { 'buildx.build.ref': untrustedRef } = JSON.parse(metadata) as Record<string, unknown>;
  return /^[^/]+\/[^/]+\/([a-z0-9]+)$/.exec(String(untrustedRef))?.[1];
}

/** What the steps of a finished build add up to. */
export function summarise(
  steps: readonly TrackedStep[],
  platforms: readonly string[],
): Pick<BuildOutcome, 'seconds' | 'platforms' | 'slowestSteps'> {
  const first = steps.reduce(
    (earliest, step) => Math.min(earliest, step.firstStarted),
    Number.POSITIVE_INFINITY,
  );
  const instructions = steps.filter(isInstruction).filter(({ completed }) => completed);
  return {
    seconds: duration(steps),
    platforms: platforms.map((platform) => {
      const own = stepsFor(platform, instructions);
      const counted = own.filter(({ step }) => !step.untrustedText.startsWith('FROM '));
      const cachedSteps = counted.filter(({ cached }) => cached).length;
      return { platform, seconds: duration(own), steps: counted.length, cachedSteps };
    }),
    slowestSteps: instructions
      .filter(({ cached }) => !cached)
      .toSorted((a, b) => b.seconds - a.seconds)
      .slice(0, slowestCount)
      .map(({ step, seconds, firstStarted }) => ({
        platform: step.platform,
        name: neutraliseLine(printStep(step)),
        seconds: toMilliseconds(seconds),
        after: toMilliseconds(Math.max(0, firstStarted - first)),
      })),
  };
}

/** Steps that platforms share bear the name of one of them: whatever a step of the platform builds upon is its own too. */
function stepsFor(platform: string, instructions: readonly TrackedInstruction[]): TrackedInstruction[] {
  const byId = new Map(instructions.map((tracked) => [tracked.id, tracked]));
  const own = new Set(instructions.filter(({ step }) => step.platform === platform));
  for (const { inputs } of own) {
    for (const input of inputs) {
      const tracked = byId.get(input);
      if (tracked !== undefined) own.add(tracked);
    }
  }
  return [...own];
}

type TrackedInstruction = TrackedStep & { readonly step: InstructionStep };

function isInstruction(tracked: TrackedStep): tracked is TrackedInstruction {
  return tracked.step.kind === 'instruction';
}

function duration(steps: readonly TrackedStep[]): number {
  const done = steps.filter(({ completed }) => completed);
  if (done.length === 0) return 0;
  let [first, last] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const { firstStarted, lastCompleted } of done) {
    first = Math.min(first, firstStarted);
    last = Math.max(last, lastCompleted);
  }
  return toMilliseconds(Math.max(0, last - first));
}

/** Seconds without the noise of floating point. */
function toMilliseconds(seconds: number): number {
  return Math.round(seconds * 1000) / 1000;
}
