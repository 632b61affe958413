import type { Timeline } from '../../runs/timeline.ts';
import type { JobVariables } from '../agent/job-variables.ts';
import type { SecretMasker } from '../agent/secret-masker.ts';
import type { TaskRecord } from '../agent/task-record.ts';
import type { Restrictions } from '../model/pipeline.ts';

/** What commands in the output of a step can reach. */
export interface StepContext {
  readonly name: string;
  readonly task: TaskRecord;
  readonly variables: JobVariables;
  readonly masker: SecretMasker;
  readonly restrictions: Restrictions;
  /** Keeps an output variable, by the names of step and variable. */
  readonly setOutput: (name: string, value: string) => void;
  /** Before the others in PATH, for the steps after this one. */
  readonly prependPath: (directory: string) => void;
  /** Keeps a file of the step; throws if there is none. */
  readonly attach: (type: string, path: string) => void;
  readonly run: { readonly addTag: (tag: string) => void; readonly rename: (name: string) => void };
  /** Where the step may write records, and below which of them they stand. */
  readonly details: () => { readonly timeline: Timeline; readonly parent: string | null };
  /** The step is over, whatever its process still does, as `done=true` asks for. */
  readonly complete: () => void;
}
