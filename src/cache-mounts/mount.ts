import { createHash } from 'node:crypto';

/** A directory that `RUN --mount=type=cache` keeps on the engine, by what BuildKit 0.25 tells it by. */
export interface Mount {
  readonly id: string;
  readonly owner?: { readonly uid: number; readonly gid: number; readonly mode: number };
  readonly sharing: 'shared' | 'private' | 'locked';
}

/** Stands for a directory in tags and paths, whatever characters its id has. */
export function mountKey({ id, owner }: Mount): string {
  const parts = owner === undefined ? [id] : [id, owner.uid, owner.gid, owner.mode];
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 16);
}
