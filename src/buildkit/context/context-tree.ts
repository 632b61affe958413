import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { lstat, readdir, readFile, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import { type Digest, digestOf } from '../../oci/index.ts';
import { judgePath, type PatternState } from './ignore-file.ts';
import type { IgnorePattern } from './ignore-pattern.ts';

/** Something that only BuildKit may judge, so that nothing can be said of the folder. */
export class UnreadableContext extends Error {
  override readonly name = 'UnreadableContext';
}

/** Bytes; larger files are read piece by piece. */
const largeFile = 8 * 1024 * 1024;

/** Files at a time: enough to keep a disk busy, few enough to keep memory flat. */
const filesAtATime = 8;

/** One thing that BuildKit would be sent. */
export interface ContextEntry {
  /** Relative to the context, with `/`. */
  readonly path: string;
  readonly kind: 'folder' | 'file' | 'link';
  /** Permission bits. */
  readonly mode: number;
  /** Bytes. */
  readonly size: number;
}

/**
 * What BuildKit would be sent of a folder, in an order that depends on the names alone: everything that the patterns
 * leave, and the folders on the way to it. Throws `UnreadableContext` for what is neither file, folder nor link.
 */
export async function listContext(
  folder: string,
  patterns: readonly IgnorePattern[],
): Promise<readonly ContextEntry[]> {
  const walk: Walk = { folder, patterns, prunes: prunesWith(patterns) };
  return walkFolder(walk, '', undefined);
}

/**
 * A digest of what BuildKit would be sent of a folder: names, kinds, modes, contents, targets of links. Not times,
 * owners, extended attributes and hard links: BuildKit's own cache does not look at them either.
 */
export async function contextDigest(folder: string, entries: readonly ContextEntry[]): Promise<Digest> {
  const contents = new Map<string, string>();
  const waiting = entries.filter(({ kind }) => kind !== 'folder').values();
  const work = async () => {
    for (const entry of waiting) contents.set(entry.path, await contentOf(folder, entry));
  };
  await Promise.all(Array.from({ length: filesAtATime }, work));
  const rows = entries.map(({ path, kind, mode }) => [path, kind, mode, contents.get(path) ?? '']);
  return digestOf(JSON.stringify(rows));
}

interface Walk {
  readonly folder: string;
  readonly patterns: readonly IgnorePattern[];
  /** Whether nothing below this ignored folder can be taken in again. */
  readonly prunes: (path: string) => boolean;
}

async function walkFolder(walk: Walk, path: string, state: PatternState): Promise<readonly ContextEntry[]> {
  const names = await readdir(join(walk.folder, path));
  const found: (readonly ContextEntry[])[] = [];
  for (const name of names.sort())
    found.push(await walkEntry(walk, path === '' ? name : `${path}/${name}`, state));
  return found.flat();
}

async function walkEntry(walk: Walk, path: string, above: PatternState): Promise<readonly ContextEntry[]> {
  if (path.includes('\ufffd')) throw new UnreadableContext(`"${path}" is no name in UTF-8`);
  const { ignored, state } = judgePath(walk.patterns, path, above);
  const found = await lstat(join(walk.folder, path));
  const [mode, { size }] = [found.mode & 0o7777, found];
  if (found.isDirectory()) {
    if (ignored && walk.prunes(path)) return [];
    const below = await walkFolder(walk, path, state);
    return ignored && below.length === 0 ? [] : [{ path, kind: 'folder', mode, size: 0 }, ...below];
  }
  if (ignored) return [];
  if (found.isSymbolicLink()) return [{ path, kind: 'link', mode: 0, size }];
  if (!found.isFile()) throw new UnreadableContext(`"${path}" is neither file, folder nor link`);
  return [{ path, kind: 'file', mode, size }];
}

function prunesWith(patterns: readonly IgnorePattern[]): Walk['prunes'] {
  const exceptions = patterns.filter(({ exception }) => exception);
  if (exceptions.some(({ path }) => path === undefined)) return () => false;
  return (folder) => !exceptions.some(({ path }) => path?.startsWith(`${folder}/`));
}

async function contentOf(folder: string, { path, kind, size }: ContextEntry): Promise<string> {
  const place = join(folder, path);
  if (kind === 'link') return readlink(place);
  if (size <= largeFile) return digestOf(await readFile(place));
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(place, { highWaterMark: 1024 * 1024 })) hash.update(chunk);
  return `sha256:${hash.digest('hex')}`;
}
