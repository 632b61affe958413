import { setTimeout as sleep } from 'node:timers/promises';
import type { Places } from './places.ts';

/** What every step of one call needs: its folders, the way to stop it, and where it tells its progress. */
export interface Session {
  readonly places: Places;
  readonly signal: AbortSignal;
  /** Logs one line with the seconds since the call began. */
  readonly progress: (text: string) => void;
  /** Whether the data of an engine that is started lie in memory. */
  readonly inMemory: boolean;
}

export interface SessionOptions {
  readonly signal?: AbortSignal | undefined;
  readonly log?: ((line: string) => void) | undefined;
  /** Whether the data of an engine that is started are to lie in memory, if there is enough of it. */
  readonly inMemory?: boolean | undefined;
}

/** Free bytes that leave room for the images of a build beside everything else. */
const enoughMemory = 6 * 2 ** 30;

export function newSession(places: Places, options: SessionOptions): Session {
  const began = performance.now();
  const log = options.log ?? (() => {});
  return {
    places,
    signal: options.signal ?? new AbortController().signal,
    progress: (text) => log(`workbench: ${text} (${((performance.now() - began) / 1000).toFixed(1)} s)`),
    inMemory: options.inMemory === true && process.availableMemory() >= enoughMemory,
  };
}

/** Asks `probe` every 20 ms until it says true; false when the deadline passes first. */
export async function waitUntil(
  probe: () => boolean | Promise<boolean>,
  deadlineMs: number,
  signal?: AbortSignal,
): Promise<boolean> {
  const end = performance.now() + deadlineMs;
  while (performance.now() < end) {
    signal?.throwIfAborted();
    if (await probe()) return true;
    await sleep(20);
  }
  return false;
}
