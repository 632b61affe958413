import { createHash } from 'node:crypto';

/** A directory that `RUN --mount=type=cache` keeps on the engine, by what BuildKit 0.25 tells it by. */
export interface Mount {
  readonly id: string;
  readonly owner?: { readonly uid: number; readonly gid: number; readonly mode: number };
  /** A folder that the directory begins with. */
  readonly from?: Seed;
  readonly sharing: 'shared' | 'private' | 'locked';
}

/** Another image, or platform of it, makes another directory. */
export interface Seed {
  /** A reference by digest. */
  readonly image: string;
  readonly digest: string;
  readonly platform: string;
  /** An absolute path. */
  readonly source: string;
}

/** Stands for a directory in tags and paths, whatever characters its id has. */
export function mountKey({ id, owner, from }: Mount): string {
  const ownerParts = owner === undefined ? [] : [owner.uid, owner.gid, owner.mode];
  const seedParts = from === undefined ? [] : ['from', from.digest, from.platform, from.source];
  const parts = [id, ...ownerParts, ...seedParts];
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 16);
}
