import { cancelled, throwIfCancelled } from '../core/index.ts';

/** Waits; throws `cancelled` as soon as `signal` is aborted. */
export type Sleep = (milliseconds: number, signal: AbortSignal | undefined) => Promise<void>;

/** The real one, with a timer. */
export const sleep: Sleep = async (milliseconds, signal) => {
  throwIfCancelled(signal);
  await new Promise<void>((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer);
      reject(cancelled(signal));
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', stop);
      resolve();
    }, milliseconds);
    signal?.addEventListener('abort', stop, { once: true });
  });
};
