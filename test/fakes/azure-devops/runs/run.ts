import { randomBytes, randomUUID } from 'node:crypto';
import { LogStore } from './log-store.ts';
import { type TaskResult, Timeline } from './timeline.ts';

export type BuildStatus = 'notStarted' | 'inProgress' | 'cancelling' | 'completed';
export type BuildResult = 'succeeded' | 'partiallySucceeded' | 'failed' | 'canceled';

/** What a request to run has said. */
export interface RunRequest {
  readonly templateParameters: Readonly<Record<string, string>>;
  readonly variables: Readonly<Record<string, { readonly value: string; readonly isSecret: boolean }>>;
  readonly stagesToSkip: readonly string[];
  /** Of the repository that has the pipeline file. */
  readonly refName: string;
  readonly version: string;
}

export interface Attachment {
  readonly recordId: string;
  readonly type: string;
  readonly name: string;
  readonly content: Buffer;
}

/** One run, which is a build by its other name. */
export class Run {
  readonly id: number;
  readonly planId: string = randomUUID();
  /** `System.AccessToken` of its jobs. */
  readonly accessToken: string = randomBytes(26).toString('base64url');
  readonly request: RunRequest;
  readonly queueTime: Date;
  readonly timeline: Timeline;
  readonly logs = new LogStore();
  readonly tags = new Set<string>();
  readonly attachments: Attachment[] = [];
  /** Folders, by name. */
  readonly artifacts = new Map<string, string>();
  /** Resolves when the run has ended. */
  readonly ended: Promise<void>;
  name: string;
  status: BuildStatus = 'notStarted';
  result: BuildResult | undefined;
  startTime: Date | undefined;
  finishTime: Date | undefined;
  lastChanged: Date;
  readonly #clock: () => Date;
  readonly #cancel = new AbortController();
  readonly #stages = new Map<string, AbortController>();
  #resolveEnded: () => void = () => {};

  constructor(id: number, request: RunRequest, clock: () => Date) {
    this.id = id;
    this.name = String(id);
    this.request = request;
    this.#clock = clock;
    this.queueTime = clock();
    this.lastChanged = this.queueTime;
    this.timeline = new Timeline(clock);
    this.ended = new Promise((resolve) => {
      this.#resolveEnded = resolve;
    });
  }

  /** Aborts when somebody cancels the run. */
  get cancelled(): AbortSignal {
    return this.#cancel.signal;
  }

  /** Aborts when somebody cancels this stage, or the run. */
  stageCancelled(name: string): AbortSignal {
    const controller = this.#stages.get(name) ?? new AbortController();
    this.#stages.set(name, controller);
    return AbortSignal.any([this.cancelled, controller.signal]);
  }

  /** Called before each answer about the run: a scripted one catches up with the clock here. */
  refresh: () => void = () => {};

  start(): void {
    if (this.status === 'notStarted') this.status = 'inProgress';
    this.startTime ??= this.#clock();
    this.#changed();
  }

  cancel(): void {
    if (this.status === 'completed') return;
    this.status = 'cancelling';
    this.#changed();
    this.#cancel.abort();
  }

  cancelStage(name: string): void {
    this.#stages.get(name)?.abort();
  }

  finish(result: BuildResult): void {
    if (this.status === 'completed') return;
    this.startTime ??= this.#clock();
    this.finishTime = this.#clock();
    this.status = 'completed';
    this.result = result;
    this.#changed();
    this.#resolveEnded();
  }

  #changed(): void {
    this.lastChanged = this.#clock();
  }
}

/** What a build comes to when its stages came to these. */
export function buildResult(results: readonly TaskResult[]): BuildResult {
  if (results.includes('failed') || results.includes('abandoned')) return 'failed';
  if (results.includes('canceled')) return 'canceled';
  return results.includes('succeededWithIssues') ? 'partiallySucceeded' : 'succeeded';
}
