import { createHash } from 'node:crypto';
import { createReadStream, readFileSync, readlinkSync } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import type { ContextEntry } from './context-tree.ts';

/** What git says of the contents of files, so that those need not be read. */
export interface TrackedFiles {
  /** How git makes a name of a content. */
  readonly algorithm: 'sha1' | 'sha256';
  /** By path relative to the checkout: the name of the content, or undefined where it is another one by now. */
  readonly contents: ReadonlyMap<string, string | undefined>;
}

export interface ContextFiles {
  /** Absolute path. */
  readonly folder: string;
  /** The same, relative to the checkout. */
  readonly inCheckout: string;
  readonly tracked: TrackedFiles | undefined;
}

/** Bytes; larger files are read piece by piece. */
const largeFile = 1024 * 1024;

/** Bytes after which others get their turn: small files are read at once, which takes a third of the time. */
const turn = 16 * 1024 * 1024;

/** What tells one thing of a context from another: its path, kind, mode, and a name of its content. */
export type ContextRow = readonly [path: string, kind: ContextEntry['kind'], mode: number, content: string];

/**
 * What BuildKit would be sent of a folder: names, kinds, modes, contents, targets of links. Not times, owners, extended
 * attributes and hard links: BuildKit's own cache does not look at them either. A file that git has as it is goes by the
 * name that git has for its content, also where it is read.
 */
export async function contextRows(
  files: ContextFiles,
  entries: readonly ContextEntry[],
): Promise<readonly ContextRow[]> {
  const prefix = files.inCheckout === '.' ? '' : `${files.inCheckout}/`;
  const rows: ContextRow[] = [];
  let bytes = 0;
  for (const entry of entries) {
    const { path, kind, mode, size } = entry;
    const known = kind === 'file' ? files.tracked?.contents.get(`${prefix}${path}`) : undefined;
    rows.push([path, kind, mode, known ?? (await readContent(files, `${prefix}${path}`, entry))]);
    if (known === undefined) bytes += size;
    if (bytes < turn) continue;
    bytes = 0;
    await setImmediate();
  }
  return rows;
}

function readContent(
  { folder, tracked }: ContextFiles,
  inCheckout: string,
  { path, kind, size }: ContextEntry,
): string | Promise<string> {
  const place = `${folder}/${path}`;
  if (kind === 'folder') return '';
  if (kind === 'link') return readlinkSync(place);
  const naming: Naming = tracked?.contents.has(inCheckout)
    ? { algorithm: tracked.algorithm, prefix: '', head: `blob ${size}\0` }
    : { algorithm: 'sha256', prefix: 'sha256:', head: '' };
  return size > largeFile ? largeContent(place, naming) : smallContent(place, naming);
}

/** How a content gets its name: as git does it, or as everywhere else. */
interface Naming {
  readonly algorithm: TrackedFiles['algorithm'];
  readonly prefix: string;
  /** Goes before the content. */
  readonly head: string;
}

function smallContent(place: string, { algorithm, prefix, head }: Naming): string {
  return `${prefix}${createHash(algorithm).update(head).update(readFileSync(place)).digest('hex')}`;
}

async function largeContent(place: string, { algorithm, prefix, head }: Naming): Promise<string> {
  const hash = createHash(algorithm).update(head);
  for await (const chunk of createReadStream(place, { highWaterMark: 1024 * 1024 })) hash.update(chunk);
  return `${prefix}${hash.digest('hex')}`;
}
