import { setTimeout as sleep } from 'node:timers/promises';
import type { Places } from './places.ts';

/** What every step of one call needs: its folders, the way to stop it, and where it tells its progress. */
export interface Session {
  readonly places: Places;
  readonly signal: AbortSignal;
  /** Logs one line with the seconds since the call began. */
  readonly progress: (text: string) => void;
}

export interface SessionOptions {
  readonly signal?: AbortSignal | undefined;
  readonly log?: ((line: string) => void) | undefined;
}

export function newSession(places: Places, options: SessionOptions): Session {
  const began = performance.now();
  const log = options.log ?? (() => {});
  return {
    places,
    signal: options.signal ?? new AbortController().signal,
    progress: (text) => log(`workbench: ${text} (${((performance.now() - began) / 1000).toFixed(1)} s)`),
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
