import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { bringTools } from './bring-tools.ts';
import { findDebian } from './debian.ts';
import { engineEnvironment, startEngine, stopEngine } from './engine.ts';
import { withLock } from './lock.ts';
import { placesOf } from './places.ts';
import { thisProcess } from './processes.ts';
import { newSession, type SessionOptions } from './session.ts';
import { cannotBring } from './workbench-error.ts';

/** An engine of one's own that has never built anything: an agent that was made a second ago. */
export interface FreshEngine {
  /** As that of a workbench, to lay over process.env for children. */
  readonly env: Readonly<Record<string, string>>;
  /** Ends it and deletes all that it held. */
  stop(): Promise<void>;
}

/** Starts an engine beside the workbench's own. Needs root and Debian's packages, whatever engine the machine has. */
export async function startFreshEngine(
  options: SessionOptions & { readonly root?: string | undefined } = {},
): Promise<FreshEngine> {
  const { pid, start } = thisProcess();
  const places = placesOf(options.root, `fresh-${pid}-${start}-${randomUUID().slice(0, 8)}`);
  const session = newSession(places, options);
  const engine = await withLock(session, async () => {
    const debian = findDebian();
    if (!debian || process.getuid?.() !== 0) throw cannotBring('a fresh engine needs root and Debian');
    await bringTools(session, debian, { engine: true });
    return startEngine(session);
  });
  return {
    env: engineEnvironment(places),
    stop: () =>
      withLock(session, async () => {
        await stopEngine(places, engine);
        await rm(places.home, { recursive: true, force: true });
      }),
  };
}
