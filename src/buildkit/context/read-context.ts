import { lstat, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Digest, digestOf } from '../../oci/index.ts';
import { contextRows, type TrackedFiles } from './context-rows.ts';
import { type ContextEntry, listContext, UnreadableContext } from './context-tree.ts';
import { parseIgnoreFile } from './ignore-file.ts';
import type { IgnorePattern } from './ignore-pattern.ts';

/** Bytes; a list of files to ignore that is longer is a mistake. */
const longestIgnoreFile = 1024 * 1024;

export interface ContextPlace {
  /** Absolute path. */
  readonly folder: string;
  /** The same, relative to the checkout. */
  readonly inCheckout?: string;
  /** Absolute path of the Dockerfile for the main context; its own ignore file goes before that of the folder. */
  readonly dockerfilePath?: string;
}

export interface ContextTree {
  readonly digest: Digest;
  /** Whether git's own folder is part of it; what that holds is in no digest. */
  readonly holdsGit: boolean;
  /** Of what lies at a path and below; of everything where that is nothing, since links may lead there. */
  readonly digestAt: (path: string) => Digest;
}

/**
 * Reads what a build is given of a folder, with the ignore file that BuildKit 0.25 would use, while git is asked what
 * it knows. Throws `UnreadableContext` when only BuildKit can tell what that is.
 */
export async function readContext(
  place: ContextPlace,
  asking?: Promise<TrackedFiles | undefined>,
): Promise<ContextTree> {
  const { folder, inCheckout = '.' } = place;
  const [entries, tracked] = await Promise.all([listEntries(place), asking]);
  const holdsGit = entries.some(({ path }) => path === '.git');
  // Its contents could be gigabytes, and say nothing that the next commit would not change.
  const others = holdsGit ? entries.filter(({ path }) => !/^\.git(?:\/|$)/.test(path)) : entries;
  const rows = await contextRows({ folder, inCheckout, tracked }, others);
  const digest = digestOf(JSON.stringify(rows));
  const digestAt = (path: string) => {
    const found = rows.filter(([each]) => each === path || each.startsWith(`${path}/`));
    return found.length === 0 ? digest : digestOf(JSON.stringify(found));
  };
  return { digest, holdsGit, digestAt };
}

async function listEntries(place: ContextPlace): Promise<readonly ContextEntry[]> {
  return listContext(place.folder, await patternsFor(place));
}

async function patternsFor({ folder, dockerfilePath }: ContextPlace): Promise<readonly IgnorePattern[]> {
  const own = dockerfilePath === undefined ? undefined : await readIfThere(`${dockerfilePath}.dockerignore`);
  const text = own ?? (await readIfThere(join(folder, '.dockerignore'))) ?? '';
  const patterns = parseIgnoreFile(text);
  if (patterns === undefined)
    throw new UnreadableContext('the ignore file has a line that is not understood');
  return patterns;
}

async function readIfThere(path: string): Promise<string | undefined> {
  const found = await lstat(path).catch(() => undefined);
  if (found === undefined) return undefined;
  if (!found.isFile() || found.size > longestIgnoreFile)
    throw new UnreadableContext(`"${path}" is no plain file of a reasonable size`);
  return readFile(path, 'utf8');
}
