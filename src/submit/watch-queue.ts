import type { Timeline } from '../azure/index.ts';
import type { Clock } from '../core/index.ts';
import type { EmitProgress } from '../progress/index.ts';

export interface QueueWatch {
  /** Tells the display when the first step of the run begins. */
  see(timeline: Timeline): void;
  /** The run has ended, or nobody follows it any more: it does not wait. */
  end(outcome: 'done' | 'cancelled'): void;
}

/** Tells how long a run waits before anything of it runs. */
export function watchQueue({
  emit,
  clock,
}: {
  readonly emit: EmitProgress;
  readonly clock: Clock;
}): QueueWatch {
  const began = clock().getTime();
  let waiting = true;
  emit({ kind: 'stage-started', stage: 'queue', title: 'waiting for an agent' });
  const end: QueueWatch['end'] = (outcome) => {
    if (!waiting) return;
    waiting = false;
    const seconds = (clock().getTime() - began) / 1000;
    emit({ kind: 'stage-finished', stage: 'queue', outcome, seconds });
  };
  return {
    end,
    see({ records }) {
      if (
        records.some(
          ({ type, state }) => type === 'Task' && (state === 'inProgress' || state === 'completed'),
        )
      )
        end('done');
    },
  };
}
