import { randomUUID } from 'node:crypto';
import { link, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { isAlive, thisProcess } from './processes.ts';
import type { Session } from './session.ts';
import { waitUntil } from './session.ts';
import { WorkbenchError } from './workbench-error.ts';

/** Longer than a first run on a slow line, which happens under the lock. */
const deadlineMs = 600_000;

/** Does `work` while no other process works on the same cache; the lock of a dead process is taken over. */
export async function withLock<T>(session: Session, work: () => Promise<T>): Promise<T> {
  const { lock } = session.places;
  const { pid, start } = thisProcess();
  const content = `${pid} ${start} ${randomUUID()}`;
  await mkdir(dirname(lock), { recursive: true });
  await acquire(session, content);
  try {
    return await work();
  } finally {
    if ((await holder(lock)) === content) await rm(lock, { force: true });
  }
}

async function acquire(session: Session, content: string): Promise<void> {
  const { lock } = session.places;
  const own = `${lock}.${content.split(' ')[2]}`;
  await writeFile(own, content);
  let said = false;
  try {
    const acquired = await waitUntil(
      async () => {
        if (await linked(own, lock)) return true;
        const seen = await holder(lock);
        if (seen !== undefined && !isAlive(processOf(seen))) await breakLock(lock, seen);
        else if (seen !== undefined && !said) {
          session.progress(`waiting for another workbench, pid ${processOf(seen).pid}`);
          said = true;
        }
        return false;
      },
      deadlineMs,
      session.signal,
    );
    if (!acquired) throw new WorkbenchError(`another workbench holds ${lock}: ${await holder(lock)}`);
  } finally {
    await rm(own, { force: true });
  }
}

/** Moves a stale lock away; a lock somebody took in the meantime is put back. */
async function breakLock(lock: string, stale: string): Promise<void> {
  const aside = `${lock}.stale-${randomUUID()}`;
  try {
    await rename(lock, aside);
  } catch {
    return;
  }
  if ((await holder(aside)) !== stale) await linked(aside, lock);
  await rm(aside, { force: true });
}

/** A link is made whole or not at all, so that a lock file never lacks its content. */
async function linked(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

async function holder(file: string): Promise<string | undefined> {
  return await readFile(file, 'utf8').catch(() => undefined);
}

function processOf(content: string) {
  const [pid, start] = content.split(' ');
  return { pid: Number(pid), start: start ?? '' };
}
