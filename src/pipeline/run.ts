import type { Clock } from '../core/index.ts';
import type { BuildPlan } from '../plan/index.ts';
import type { EmitProgress } from '../progress/index.ts';
import type { KeptImages } from './kept-images.ts';
import type { AdviceSettings } from './plan-advice.ts';
import type { Ports } from './ports.ts';
import type { RunRecord } from './run-record.ts';
import type { StageClock } from './stage-clock.ts';

export interface PipelineInputs {
  readonly plan: BuildPlan;
  /** Of which `plan` is a part, where several jobs carry one out. */
  readonly whole?: BuildPlan;
  /** Absolute path of the checkout. */
  readonly root: string;
  readonly advice: AdviceSettings;
  readonly ports: Ports;
  /** Absolute path of a folder for temporary files, with room for the compressed image. */
  readonly temporaryFolder: string;
  readonly emit: EmitProgress;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Takes what is left to do when the report is out. It never fails, and has to be called. */
  readonly later: (work: () => Promise<void>) => void;
}

/** One run of the pipeline, as its stages see it. */
export interface Run extends PipelineInputs {
  readonly stages: StageClock;
  readonly record: RunRecord;
  readonly kept: KeptImages;
  /** Empty at first, gone after the run. */
  readonly workFolder: string;
}
