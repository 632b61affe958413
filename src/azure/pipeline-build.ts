/** `unknown` is a value that this version has no name for. */
export type BuildStatus =
  | 'none'
  | 'inProgress'
  | 'completed'
  | 'cancelling'
  | 'postponed'
  | 'notStarted'
  | 'unknown';

export type BuildResult = 'none' | 'succeeded' | 'partiallySucceeded' | 'failed' | 'canceled' | 'unknown';

/** A run as the build API knows it, which alone tells a partial success. */
export interface PipelineBuild {
  readonly id: number;
  readonly status: BuildStatus;
  /** Undefined until the build is completed. */
  readonly result: BuildResult | undefined;
  /** The page for people. */
  readonly url: string;
  readonly queueTime: Date | undefined;
  readonly startTime: Date | undefined;
  readonly finishTime: Date | undefined;
}
