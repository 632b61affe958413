import { lstat, mkdir, mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type Clock, ImageBuilderError, reasonOf } from '../core/index.ts';

/** Milliseconds; long enough for a registry to come back, short enough that nobody wonders where the disk went. */
const lifetime = 24 * 60 * 60_000;

/**
 * The folder below `temporaryFolder` that belongs to this user alone, made if it is missing, rid of what is older than
 * a day. Undefined when somebody else was there first: what they prepared is not used.
 */
export async function ownFolder(temporaryFolder: string, clock: Clock): Promise<string | undefined> {
  const folder = join(temporaryFolder, `image-builder-${process.getuid?.() ?? 'user'}`);
  const made = await mkdir(folder, { recursive: true, mode: 0o700 }).then(
    () => true,
    () => false,
  );
  if (!made || !(await isOurs(folder))) return undefined;
  await removeOld(folder, clock);
  return folder;
}

/**
 * An empty folder for one run. One that a killed run left behind goes with the next run a day later. Throws
 * `report.unwritable`.
 */
export async function makeWorkFolder(own: string | undefined, temporaryFolder: string): Promise<string> {
  try {
    return await mkdtemp(
      own === undefined ? join(temporaryFolder, 'image-builder-work-') : join(own, 'work-'),
    );
  } catch (cause) {
    const message = `cannot work in "${temporaryFolder}": ${reasonOf(cause)}`;
    const hint = 'set TMPDIR to a folder with room for the image';
    throw new ImageBuilderError('report.unwritable', message, { path: temporaryFolder }, { hint, cause });
  }
}

async function isOurs(folder: string): Promise<boolean> {
  const found = await lstat(folder);
  const uid = process.getuid?.() ?? found.uid;
  return found.isDirectory() && found.uid === uid && (found.mode & 0o077) === 0;
}

async function removeOld(folder: string, clock: Clock): Promise<void> {
  for (const name of await readdir(folder)) {
    const path = join(folder, name);
    const found = await stat(path).catch(() => undefined);
    const age = clock().getTime() - (found?.mtimeMs ?? 0);
    if (age > lifetime) await rm(path, { recursive: true, force: true });
  }
}
