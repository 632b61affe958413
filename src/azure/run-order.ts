import type { Secret } from '../core/index.ts';

/** What goes to the service under its name. A `Secret` is never shown, but a parameter is readable in the run. */
export type TemplateParameters = Readonly<Record<string, string | Secret>>;

/** One run of the pipeline as it is asked for. */
export interface RunOrder {
  readonly templateParameters: TemplateParameters;
  /** Variables that the service keeps secret; the pipeline must declare them as settable at queue time. */
  readonly secretVariables: Readonly<Record<string, Secret>>;
}

export interface PreviewOrder extends RunOrder {
  /** Takes the place of the pipeline file. */
  readonly yaml?: string | undefined;
}

/** Which run to look for: the one that was sent these parameters, whatever defaults it has beside them. */
export interface SoughtRun {
  readonly templateParameters: TemplateParameters;
  /** By our clock; a few minutes of difference to the clock of the service are allowed for. */
  readonly notBefore: Date;
}

export interface StartedRun {
  /** Of the run and of its build alike. */
  readonly id: number;
  /** The page for people. */
  readonly url: string;
  /** For example `20250110.13`. */
  readonly name: string | undefined;
}
