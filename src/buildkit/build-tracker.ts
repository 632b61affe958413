import type { EmitProgress, StepOutcome } from '../progress/index.ts';
import { type BuildStep, parseStepName, printStep } from './build-step.ts';
import { ByteCount } from './byte-count.ts';
import type { SolveStatus, Vertex, VertexLog, VertexStatus } from './solve-status.ts';
import { StepOutput } from './step-output.ts';

/** What is known of one vertex. Times in seconds since the epoch. */
export interface TrackedStep {
  readonly id: string;
  /** Ids of the steps it builds upon. */
  readonly inputs: readonly string[];
  readonly step: BuildStep;
  readonly firstStarted: number;
  readonly lastCompleted: number;
  /** Over all times that BuildKit worked on it. */
  readonly seconds: number;
  readonly cached: boolean;
  readonly completed: boolean;
  readonly untrustedError: string | undefined;
  /** Of a step that failed or still runs. */
  readonly output: StepOutput;
}

interface Tracked extends TrackedStep {
  firstStarted: number;
  lastCompleted: number;
  seconds: number;
  cached: boolean;
  completed: boolean;
  untrustedError: string | undefined;
  output: StepOutput;
  bytes: ByteCount;
  /** The start of the current run, or of the last one. */
  started: string | undefined;
  running: boolean;
}

/** Turns BuildKit's status into progress events, and remembers of each step what the report needs. */
export class BuildTracker {
  readonly #tracked = new Map<string, Tracked>();
  readonly #emit: EmitProgress;
  readonly #platform: string;

  /** `platform` is the one of a build for a single platform, whose steps do not name it. */
  constructor(platform: string, emit: EmitProgress) {
    this.#platform = platform;
    this.#emit = emit;
  }

  get steps(): readonly TrackedStep[] {
    return [...this.#tracked.values()];
  }

  take(status: SolveStatus): void {
    for (const vertex of status.vertexes) this.#takeVertex(vertex);
    for (const counter of status.statuses) this.#takeCounter(counter);
    for (const log of status.logs) this.#takeLog(log);
  }

  /** Ends the steps that the engine left open when it stopped. */
  end(): void {
    for (const [id, tracked] of this.#tracked) {
      if (tracked.running) this.#finish(id, tracked, { outcome: 'cancelled', seconds: 0 });
    }
  }

  #takeVertex(vertex: Vertex): void {
    const tracked = this.#tracked.get(vertex.digest) ?? this.#add(vertex);
    if (vertex.started !== undefined && vertex.started !== tracked.started) this.#start(vertex, tracked);
    if (vertex.completed === undefined || vertex.started === undefined) return;
    const turnsOutCached = vertex.cached === true && !tracked.cached;
    const turnsOutFailed = Boolean(vertex.error) && tracked.untrustedError === undefined;
    tracked.cached ||= turnsOutCached;
    if (tracked.running || turnsOutCached || turnsOutFailed) this.#complete(vertex, tracked);
  }

  #add({ digest, name, inputs = [] }: Vertex): Tracked {
    const tracked: Tracked = {
      id: digest,
      inputs,
      step: parseStepName(name, this.#platform),
      firstStarted: Number.POSITIVE_INFINITY,
      lastCompleted: Number.NEGATIVE_INFINITY,
      seconds: 0,
      cached: false,
      completed: false,
      untrustedError: undefined,
      output: new StepOutput(),
      bytes: new ByteCount(),
      started: undefined,
      running: false,
    };
    this.#tracked.set(digest, tracked);
    return tracked;
  }

  #start({ digest, started = '' }: Vertex, tracked: Tracked): void {
    tracked.started = started;
    tracked.firstStarted = Math.min(tracked.firstStarted, secondsOf(started));
    if (tracked.running) return;
    tracked.running = true;
    const { step } = tracked;
    this.#emit({
      kind: 'step-started',
      id: digest,
      stage: 'build',
      untrustedName: printStep(step),
      ...(step.platform === undefined ? {} : { platform: step.platform }),
      ...(step.kind === 'internal' || step.kind === 'cache' ? { internal: true } : {}),
    });
  }

  #complete({ digest, started = '', completed = '', error }: Vertex, tracked: Tracked): void {
    const seconds = Math.max(0, secondsOf(completed) - secondsOf(started));
    if (tracked.running) tracked.seconds += seconds;
    tracked.lastCompleted = Math.max(tracked.lastCompleted, secondsOf(completed));
    tracked.completed = true;
    tracked.untrustedError = error || undefined;
    this.#finish(digest, tracked, { outcome: outcomeOf(tracked), seconds });
  }

  #finish(id: string, tracked: Tracked, end: { outcome: StepOutcome; seconds: number }): void {
    tracked.running = false;
    this.#emitLog(id, tracked.output.end());
    if (end.outcome !== 'failed' && end.outcome !== 'cancelled') tracked.output = new StepOutput();
    const { untrustedError } = tracked;
    const fails = end.outcome === 'failed' && untrustedError !== undefined;
    const error = fails ? { untrustedError: shortError(untrustedError) } : {};
    this.#emit({ kind: 'step-finished', id, ...end, ...error });
  }

  #takeCounter({ vertex, id, current, total }: VertexStatus): void {
    const tracked = this.#tracked.get(vertex);
    if (tracked === undefined || !tracked.bytes.take(id, { current, total: total ?? 0 })) return;
    this.#emit({ kind: 'step-progress', id: vertex, ...tracked.bytes.sum });
  }

  #takeLog({ vertex, stream, data }: VertexLog): void {
    const tracked = this.#tracked.get(vertex);
    if (tracked !== undefined) this.#emitLog(vertex, tracked.output.take(stream, data));
  }

  #emitLog(id: string, untrustedText: string | undefined): void {
    if (untrustedText !== undefined) this.#emit({ kind: 'step-log', id, untrustedText });
  }
}

/** Whether a step ended because another one failed or somebody cancelled the build. */
export function isCancellation(untrustedError: string): boolean {
  return untrustedError.endsWith('context canceled');
}

/** The reason at the end of BuildKit's sentence about a process, which repeats the whole script. */
export function shortError(untrustedError: string): string {
  const marker = ' did not complete successfully: ';
  const at = untrustedError.lastIndexOf(marker);
  return at < 0 ? untrustedError : untrustedError.slice(at + marker.length);
}

/** A cache that cannot be read or written never fails a build. */
function outcomeOf({ step, cached, untrustedError }: TrackedStep): StepOutcome {
  if (untrustedError !== undefined) {
    return step.kind === 'cache' || isCancellation(untrustedError) ? 'cancelled' : 'failed';
  }
  return cached ? 'cached' : 'done';
}

/** RFC 3339 with up to nanoseconds; 0 for a time that nobody can read. */
function secondsOf(time: string): number {
  const milliseconds = Date.parse(time);
  return Number.isNaN(milliseconds) ? 0 : milliseconds / 1000;
}
