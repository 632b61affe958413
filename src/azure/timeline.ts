/** `unknown` is a value that this version has no name for; `Checkpoint` covers its kinds too. */
export type TimelineRecordType = 'Stage' | 'Phase' | 'Job' | 'Task' | 'Checkpoint' | 'unknown';

export type TimelineState = 'pending' | 'inProgress' | 'completed' | 'unknown';

export type TimelineResult =
  | 'succeeded'
  | 'succeededWithIssues'
  | 'failed'
  | 'canceled'
  | 'skipped'
  | 'abandoned'
  | 'unknown';

/** An error or a warning of a step. All its text comes from the build and is not to be trusted. */
export interface TimelineIssue {
  readonly kind: 'error' | 'warning';
  readonly message: string;
  readonly code: string | undefined;
  readonly sourcePath: string | undefined;
  /** 1-based, in `sourcePath`. */
  readonly line: number | undefined;
}

/** A stage, phase, job or task. Names may come from the build and are not to be trusted. */
export interface TimelineRecord {
  readonly id: string;
  readonly parentId: string | undefined;
  readonly type: TimelineRecordType;
  readonly name: string;
  readonly refName: string | undefined;
  /** `Stage.Job.Task` by their reference names. */
  readonly identifier: string | undefined;
  readonly state: TimelineState;
  readonly result: TimelineResult | undefined;
  /** Among its siblings. */
  readonly order: number;
  readonly startTime: Date | undefined;
  readonly finishTime: Date | undefined;
  /** Undefined until there is a log. */
  readonly logId: number | undefined;
  readonly taskName: string | undefined;
  readonly attempt: number;
  /** At most ten of each kind, however many were counted. */
  readonly issues: readonly TimelineIssue[];
  readonly errorCount: number;
  readonly warningCount: number;
}

/** Everything that is known of a run, in no order; empty before a job started. */
export interface Timeline {
  readonly records: readonly TimelineRecord[];
}
