import { type Clock, isFailure } from '../core/index.ts';
import type { EmitProgress, Stage } from '../progress/index.ts';

export interface StageTiming {
  readonly stage: Stage;
  /** Seconds. */
  readonly seconds: number;
}

/** Times the stages of one build and tells the display when each begins and how it ends. */
export interface StageClock {
  readonly timings: readonly StageTiming[];
  run<T>(stage: Stage, title: string, work: () => Promise<T>): Promise<T>;
}

export function startStageClock(clock: Clock, emit: EmitProgress): StageClock {
  const timings: StageTiming[] = [];
  return {
    timings,
    async run(stage, title, work) {
      const started = clock().getTime();
      const finish = (outcome: 'done' | 'failed' | 'cancelled') => {
        const seconds = (clock().getTime() - started) / 1000;
        timings.push({ stage, seconds });
        emit({ kind: 'stage-finished', stage, outcome, seconds });
      };
      emit({ kind: 'stage-started', stage, title });
      try {
        const result = await work();
        finish('done');
        return result;
      } catch (error) {
        finish(isFailure(error, 'cancelled') ? 'cancelled' : 'failed');
        throw error;
      }
    },
  };
}
