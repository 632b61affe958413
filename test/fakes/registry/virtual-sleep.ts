export interface VirtualSleep {
  readonly sleep: (milliseconds: number) => Promise<void>;
  /** Called by a worker that is done. */
  readonly leave: () => void;
}

interface Sleeper {
  readonly until: number;
  readonly wake: () => void;
}

/** Sleep without waiting: when all workers sleep, the time jumps to the first that wakes up. */
export function virtualSleep(workers: number): VirtualSleep {
  let [awake, now] = [workers, 0];
  const sleepers: Sleeper[] = [];
  const next = () => {
    if (awake > 0) return;
    const first = sleepers.sort((a, b) => a.until - b.until).shift();
    if (first === undefined) return;
    awake++;
    now = first.until;
    first.wake();
  };
  const fallAsleep = () => {
    awake--;
    next();
  };
  return {
    sleep: (milliseconds) =>
      new Promise((wake) => {
        sleepers.push({ until: now + milliseconds, wake });
        fallAsleep();
      }),
    leave: fallAsleep,
  };
}
