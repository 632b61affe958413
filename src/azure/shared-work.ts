import { throwIfCancelled, untilAborted } from '../core/index.ts';

interface RunningWork<T> {
  readonly result: Promise<T>;
  readonly controller: AbortController;
  waiting: number;
}

/**
 * Work that callers of the same time share: the first one starts it, each can leave by its own signal, and with the
 * last one it is cancelled.
 */
export function sharedWork<T>(
  start: (signal: AbortSignal) => Promise<T>,
): (signal: AbortSignal | undefined) => Promise<T> {
  let running: RunningWork<T> | undefined;
  const begin = (): RunningWork<T> => {
    const controller = new AbortController();
    return { result: start(controller.signal), controller, waiting: 0 };
  };
  return async (signal) => {
    throwIfCancelled(signal);
    running ??= begin();
    const mine = running;
    mine.waiting++;
    try {
      return await untilAborted(mine.result, signal);
    } finally {
      if (--mine.waiting === 0) mine.controller.abort();
      if (mine.waiting === 0 && running === mine) running = undefined;
    }
  };
}
