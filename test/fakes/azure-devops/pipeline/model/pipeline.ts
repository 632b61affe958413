import type { Expression } from '../expressions/parse-expression.ts';

/** A pipeline as its file says it, after the template expressions. */
export interface Pipeline {
  /** How runs are numbered. */
  readonly name: string | undefined;
  readonly variables: readonly VariableEntry[];
  readonly stages: readonly Stage[];
}

export type VariableEntry =
  | { readonly kind: 'group'; readonly group: string }
  | { readonly kind: 'text'; readonly name: string; readonly value: string; readonly readonly: boolean }
  | { readonly kind: 'runtime'; readonly name: string; readonly value: Expression };

export interface Stage {
  readonly name: string;
  readonly displayName: string;
  readonly dependsOn: readonly string[];
  readonly condition: Expression | undefined;
  readonly variables: readonly VariableEntry[];
  readonly jobs: readonly Job[];
}

export interface Job {
  readonly name: string;
  readonly displayName: string;
  readonly dependsOn: readonly string[];
  readonly condition: Expression | undefined;
  readonly variables: readonly VariableEntry[];
  readonly matrix: Matrix | undefined;
  /** Jobs of the matrix at once; 0 is as many as there are. */
  readonly maxParallel: number;
  /** Can have macros. */
  readonly pool: string | undefined;
  readonly timeoutInMinutes: number;
  readonly cancelTimeoutInMinutes: number;
  readonly continueOnError: boolean;
  readonly steps: readonly Step[];
}

export type Leg = Readonly<Record<string, string>>;

export type Matrix =
  | { readonly kind: 'literal'; readonly legs: ReadonlyMap<string, Leg> }
  | { readonly kind: 'runtime'; readonly legs: Expression };

export type Step = ScriptStep | PublishStep | DownloadStep;

export interface StepCommon {
  /** As other steps refer to it. */
  readonly name: string;
  readonly displayName: string;
  readonly condition: Expression | undefined;
  readonly env: Readonly<Record<string, string>>;
  /** 0: as long as the job. */
  readonly timeoutInMinutes: number;
  readonly continueOnError: boolean;
  readonly restrictions: Restrictions;
}

/** What commands in the output of a step may do. */
export interface Restrictions {
  readonly commands: 'any' | 'restricted';
  /** Patterns; `undefined` is every variable. */
  readonly settableVariables: readonly string[] | undefined;
}

export interface ScriptStep extends StepCommon {
  readonly kind: 'script';
  readonly script: string;
  readonly workingDirectory: string | undefined;
  readonly failOnStderr: boolean;
}

export interface PublishStep extends StepCommon {
  readonly kind: 'publish';
  readonly path: string;
  readonly artifact: string;
}

export interface DownloadStep extends StepCommon {
  readonly kind: 'download';
  /** `undefined`: all of the run. */
  readonly artifact: string | undefined;
}
