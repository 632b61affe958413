import { createHash } from 'node:crypto';
import { createReadStream, lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { type Digest, digestOf } from '../../oci/index.ts';
import { judgePath, type PatternState } from './ignore-file.ts';
import type { IgnorePattern } from './ignore-pattern.ts';

/** Something that only BuildKit may judge, so that nothing can be said of the folder. */
export class UnreadableContext extends Error {
  override readonly name = 'UnreadableContext';
}

/** Bytes; larger files are read piece by piece. */
const largeFile = 1024 * 1024;

/** Bytes after which others get their turn: small files are read at once, which takes a third of the time. */
const turn = 16 * 1024 * 1024;

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
  const rows: (readonly [string, string, number, string])[] = [];
  let bytes = 0;
  for (const entry of entries) {
    const { path, kind, mode, size } = entry;
    const place = join(folder, path);
    rows.push([path, kind, mode, size > largeFile ? await largeContent(place) : contentOf(place, kind)]);
    bytes += size;
    if (bytes < turn) continue;
    bytes = 0;
    await setImmediate();
  }
  return digestOf(JSON.stringify(rows));
}

interface Walk {
  readonly folder: string;
  readonly patterns: readonly IgnorePattern[];
  /** Whether nothing below this ignored folder can be taken in again. */
  readonly prunes: (path: string) => boolean;
}

async function walkFolder(walk: Walk, path: string, state: PatternState): Promise<readonly ContextEntry[]> {
  const names = readdirSync(join(walk.folder, path)).sort();
  const found: (readonly ContextEntry[])[] = [];
  for (const name of names) {
    const below = walkEntry(walk, path === '' ? name : `${path}/${name}`, state);
    found.push(Array.isArray(below) ? below : await below);
  }
  await setImmediate();
  return found.flat();
}

type Entries = readonly ContextEntry[];

function walkEntry(walk: Walk, path: string, above: PatternState): Entries | Promise<Entries> {
  if (path.includes('\ufffd')) throw new UnreadableContext(`"${path}" is no name in UTF-8`);
  const { ignored, state } = judgePath(walk.patterns, path, above);
  const found = lstatSync(join(walk.folder, path));
  const [mode, { size }] = [found.mode & 0o7777, found];
  if (found.isDirectory()) {
    if (ignored && walk.prunes(path)) return [];
    const folder = { path, kind: 'folder', mode, size: 0 } as const;
    return walkFolder(walk, path, state).then((below) =>
      ignored && below.length === 0 ? [] : [folder, ...below],
    );
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

function contentOf(place: string, kind: ContextEntry['kind']): string {
  if (kind === 'folder') return '';
  return kind === 'link' ? readlinkSync(place) : digestOf(readFileSync(place));
}

async function largeContent(place: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(place, { highWaterMark: 1024 * 1024 })) hash.update(chunk);
  return `sha256:${hash.digest('hex')}`;
}
