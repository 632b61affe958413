import type { BuildOutcome } from '../buildkit/index.ts';
import type { ImageLayout, PublishedRepository } from '../registry/index.ts';

/** How far a run has come; filled in by its stages, read by the report. */
export interface RunRecord {
  readonly started: Date;
  outcome: BuildOutcome | undefined;
  layout: ImageLayout | undefined;
  /** Repositories that hold the whole image by digest. */
  published: readonly PublishedRepository[];
  /** Whether every repository has every tag. */
  tagged: boolean;
}

export function startRecord(started: Date): RunRecord {
  return { started, outcome: undefined, layout: undefined, published: [], tagged: false };
}
