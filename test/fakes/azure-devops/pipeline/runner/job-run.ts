import type { TaskResult } from '../../runs/timeline.ts';
import type { JobVariables } from '../agent/job-variables.ts';
import type { LogKeeping } from '../agent/record-log.ts';
import type { SecretMasker } from '../agent/secret-masker.ts';
import { type TaskRecord, worse } from '../agent/task-record.ts';
import type { RunEnvironment } from './run-environment.ts';

/** The folders of a job. */
export interface JobFolders {
  /** Pipeline.Workspace. */
  readonly workspace: string;
  /** Where steps start. */
  readonly sources: string;
  /** Agent.TempDirectory. */
  readonly temporary: string;
}

export interface JobRunParts {
  readonly environment: RunEnvironment;
  /** `stage.job`, with the leg if there is one. */
  readonly identifier: string;
  readonly workerName: string;
  /** Of the process of the agent, which macros see as well. */
  readonly agentEnv: Readonly<Record<string, string>>;
  readonly folders: JobFolders;
  readonly variables: JobVariables;
  readonly masker: SecretMasker;
  readonly task: TaskRecord;
  readonly keeping: LogKeeping;
  /** Aborts when the job is cancelled or out of time. */
  readonly cancelled: AbortSignal;
  /** Aborts when the time for that is over too: what still runs is killed. */
  readonly killed: AbortSignal;
}

/** A job on its agent. */
export class JobRun {
  readonly parts: JobRunParts;
  /** By the names of step and variable. */
  readonly outputs = new Map<string, string>();
  /** The last one comes first in PATH. */
  readonly prependedPath: string[] = [];
  /** Processes of its steps, by the id of their group. */
  readonly groups: number[] = [];
  #result: TaskResult = 'succeeded';
  #order = 0;

  constructor(parts: JobRunParts) {
    this.parts = parts;
  }

  get result(): TaskResult {
    return this.#result;
  }

  /** Takes the result of a step into account. */
  merge(result: TaskResult): void {
    if (result !== 'succeededWithIssues' && result !== 'failed') return;
    this.#setResult(worse(this.#result, result));
  }

  cancel(): void {
    this.#setResult('canceled');
  }

  nextOrder(): number {
    return ++this.#order;
  }

  #setResult(result: TaskResult): void {
    this.#result = result;
    const status = `${result.charAt(0).toUpperCase()}${result.slice(1)}`;
    this.parts.variables.set({ name: 'Agent.JobStatus', value: status });
  }
}
