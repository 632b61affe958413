import { SigningRefusal } from './signing-refusal.ts';

export interface WorkQueueLimits {
  /** How many run at a time. */
  readonly concurrent: number;
  /** How many may wait for their turn. */
  readonly waiting: number;
}

/** Runs a piece of work in its turn. Throws `busy` when too many wait. */
export type WorkQueue = <T>(work: () => Promise<T>) => Promise<T>;

export function workQueue({ concurrent, waiting }: WorkQueueLimits): WorkQueue {
  const queue: (() => void)[] = [];
  let running = 0;
  return async (work) => {
    if (running >= concurrent) {
      if (queue.length >= waiting)
        throw new SigningRefusal('busy', 'too many requests wait already', { retryAfter: 1 });
      // Whoever ends hands its place over, so that nobody gets in between.
      await new Promise<void>((resolve) => queue.push(resolve));
    } else running++;
    try {
      return await work();
    } finally {
      const next = queue.shift();
      if (next === undefined) running--;
      else next();
    }
  };
}
