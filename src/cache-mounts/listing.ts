/** A name in a directory as the helper build lists it. */
export interface ListedName {
  /** Bytes as Latin-1; begins with "./", or is ".". */
  readonly name: string;
  /** By `find`: f, d, l, p; anything else is not kept. */
  readonly type: string;
  readonly size: number;
  /** When it was last read or written; seconds since 1970. */
  readonly used: number;
  /** Since the stamp. */
  readonly changed: boolean;
}

const record = /^(changed|kept) (\S) (\d+) (-?[\d.]+) (-?[\d.]+) (\..*)$/s;
const keptTypes: ReadonlySet<string> = new Set(['f', 'd', 'l', 'p']);

/** Reads a listing. What cannot be kept, such as sockets and names with line breaks, is left out. */
export function parseListing(bytes: Uint8Array): readonly ListedName[] {
  const listed: ListedName[] = [];
  for (const text of Buffer.from(bytes).toString('latin1').split('\0')) {
    if (text === '') continue;
    const [, state, type = '', size, read, written, name = ''] = record.exec(text) ?? [];
    if (state === undefined) throw new Error('a listing that is not understood');
    if (!keptTypes.has(type) || name.includes('\n')) continue;
    const used = Math.max(Number(read), Number(written));
    listed.push({ name, type, size: Number(size), used, changed: state === 'changed' });
  }
  return listed;
}
