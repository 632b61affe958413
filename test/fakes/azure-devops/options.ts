/** Where jobs of one name run. */
export interface PoolOptions {
  /** All that the processes of its agents have, PATH included. */
  readonly env: Readonly<Record<string, string>>;
  /** Where the folders of its jobs are made; with all else of the emulator when left out. */
  readonly directory?: string;
  /** Jobs at once; as many as want to when left out. */
  readonly agents?: number;
}

export type GroupValue = string | { readonly value: string; readonly isSecret: boolean };

/** Real milliseconds for what takes long in the real service. */
export interface Times {
  /** Of `timeoutInMinutes` and its like. */
  readonly minute: number;
  /** From SIGINT to SIGTERM when a step is cancelled. */
  readonly interrupt: number;
  /** From SIGTERM to SIGKILL. */
  readonly terminate: number;
  /** From the request until the first job starts. */
  readonly queue: number;
}

export const realTimes: Times = { minute: 60_000, interrupt: 7_500, terminate: 2_500, queue: 0 };

export interface PipelineOptions {
  /** Its YAML file; without one only scripted runs are possible. */
  readonly file?: string;
  readonly id?: number;
  readonly name?: string;
  /** Variables that a request may set; all of them when left out. */
  readonly settableVariables?: readonly string[];
}
