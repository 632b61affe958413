import type { AdviceRule } from '../config/index.ts';

/** What would make a build faster, and on which line. */
export interface Advice {
  readonly rule: AdviceRule;
  /** Relative to the checkout. */
  readonly file: string;
  /** 1-based. */
  readonly line: number;
  /** What it costs and what to change, in lower case and without a full stop. */
  readonly message: string;
  /** What the change is worth, where that was measured: here, or for docs/performance.md. */
  readonly saves?: string;
}

/** Advice that is still without its file. */
export type Finding = Omit<Advice, 'file'>;
