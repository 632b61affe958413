import type { Workbench } from '../workbench/index.ts';
import type { Row } from './row.ts';

/** What the groups work with. */
export interface Bench {
  /** An engine and a registry that were empty when the benchmark began. */
  readonly workbench: Workbench;
  /** Our program, bundled. */
  readonly cli: string;
  /** Gone when the group is over. */
  readonly folder: string;
  /** In place of what a group measures by itself. */
  readonly rounds?: number;
  readonly signal: AbortSignal;
  readonly say: (line: string) => void;
}

export interface Chart {
  readonly title: string;
  readonly unit: string;
  readonly bars: readonly { readonly label: string; readonly value: number }[];
}

export interface Measured {
  readonly rows: readonly Row[];
  readonly chart?: Chart;
}

/** Rows that are measured side by side, a section of docs/performance.md. */
export interface Group {
  readonly id: string;
  readonly title: string;
  /** What was run, for a reader who wants to judge the figures. */
  readonly about: readonly string[];
  readonly measure: (bench: Bench) => Promise<Measured>;
}
