import { lstatSync, readdirSync } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import { judgePath, type PatternState } from './ignore-file.ts';
import type { IgnorePattern } from './ignore-pattern.ts';

/** Something that only BuildKit may judge, so that nothing can be said of the folder. */
export class UnreadableContext extends Error {
  override readonly name = 'UnreadableContext';
}

/** Whether it says that something of a context cannot be read here: that is left to BuildKit to complain about. */
export function isUnreadable(error: unknown): boolean {
  return error instanceof UnreadableContext || (error instanceof Error && 'syscall' in error);
}

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

interface Walk {
  readonly folder: string;
  readonly patterns: readonly IgnorePattern[];
  /** Whether nothing below this ignored folder can be taken in again. */
  readonly prunes: (path: string) => boolean;
}

async function walkFolder(walk: Walk, path: string, state: PatternState): Promise<readonly ContextEntry[]> {
  const names = readdirSync(`${walk.folder}/${path}`).sort();
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
  const found = lstatSync(`${walk.folder}/${path}`);
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
