/** Runs a work when fewer than the limit are running, in the order of the calls. */
export type Limiter = <T>(work: () => Promise<T>) => Promise<T>;

/** At most `width` works at a time. */
export function limiter(width: number): Limiter {
  let running = 0;
  const waiting: (() => void)[] = [];
  return async (work) => {
    if (running >= width) await new Promise<void>((resolve) => waiting.push(resolve));
    else running++;
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next === undefined) running--;
      else next();
    }
  };
}
