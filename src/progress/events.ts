/** The stages of a build in the order they run: `queue` and `run` are those of a pipeline elsewhere that builds it. */
export type Stage = 'queue' | 'run' | 'identify' | 'plan' | 'build' | 'push' | 'sign' | 'tag' | 'report';

export type StepOutcome = 'done' | 'cached' | 'failed' | 'cancelled';

/**
 * What work reports while it runs. Text that comes from a build or a server is named `untrusted…`: displays
 * neutralise it before they print it.
 */
export type ProgressEvent =
  | { readonly kind: 'stage-started'; readonly stage: Stage; readonly title: string }
  | {
      readonly kind: 'stage-finished';
      readonly stage: Stage;
      readonly outcome: StepOutcome;
      readonly seconds: number;
    }
  | {
      readonly kind: 'step-started';
      /** Unique within one run; a step that is started again after it finished goes on. */
      readonly id: string;
      readonly stage: Stage;
      readonly untrustedName: string;
      readonly platform?: string;
      /** Housekeeping of the tool, not a line that the caller wrote: shown only when it takes long or fails. */
      readonly internal?: boolean;
    }
  /** The last one of a step counts; `seconds` are those since it was last started. */
  | {
      readonly kind: 'step-finished';
      readonly id: string;
      readonly outcome: StepOutcome;
      readonly seconds: number;
      readonly untrustedError?: string;
    }
  /** Whole lines, without the last line break. */
  | { readonly kind: 'step-log'; readonly id: string; readonly untrustedText: string }
  /** Bytes moved so far; `total` is absent while nobody knows it. */
  | { readonly kind: 'step-progress'; readonly id: string; readonly current: number; readonly total?: number }
  /** A log that comes whole from elsewhere follows; groups do not overlap and do not lie within one another. */
  | { readonly kind: 'group-started'; readonly untrustedTitle: string }
  /** Whole lines of it, without the last line break. */
  | { readonly kind: 'group-log'; readonly untrustedText: string }
  | { readonly kind: 'group-finished' }
  | {
      readonly kind: 'notice';
      readonly level: 'info' | 'warning' | 'debug';
      readonly message: string;
      /** The place that the notice is about, relative to the checkout. */
      readonly file?: string;
      /** From 1. */
      readonly line?: number;
      /** A few words, such as the name of the rule. */
      readonly title?: string;
    };

/** Where work sends its progress. Never throws and never waits. */
export type EmitProgress = (event: ProgressEvent) => void;
