import type { ListedName } from './listing.ts';
import type { MountState, SavedMount } from './saved-mount.ts';

export interface Choice {
  readonly listed: readonly ListedName[];
  /** What the directory was filled from; undefined when it is not known to have been what a registry holds. */
  readonly base: SavedMount | undefined;
  /** Whether something is saved that this directory did not begin with. */
  readonly otherSaved: boolean;
  /** Bytes of the files of one directory. */
  readonly maxBytes: number;
  /** Whether it began with files that it must not lack. */
  readonly seeded: boolean;
}

export interface Content {
  /** Whether it goes on top of the base's layers. */
  readonly kind: 'whole' | 'delta';
  /** In this order. */
  readonly names: readonly string[];
  readonly state: MountState;
}

/** From here on the whole directory is saved anew: the restore would take too long, or hold too much that is dead. */
const largestDelta = 0.25;
const mostLayers = 10;

/** How full a directory that had grown too large is afterwards: not every build is to drop some of it. */
const fillAfterDrop = 0.8;

/** Bytes that a name costs in an archive, whatever its size. */
const perName = 2048;

/** What of a directory is to be saved; undefined when nothing of it changed. `too-large`: it may lack nothing. */
export function chooseContent(choice: Choice): Content | 'too-large' | undefined {
  const { listed, base, otherSaved, maxBytes, seeded } = choice;
  if (!isChanged(choice)) return undefined;
  const kept = withinLimit(listed, maxBytes);
  if (seeded && kept.length < listed.length) return 'too-large';
  const names = new Map(kept.map(({ name, type }) => [name, type]));
  const changed = kept.filter((each) => each.changed || base?.state.names.has(each.name) === false);
  const dead = base === undefined ? [] : deadNames(base.state, names);
  const whole: Content = { kind: 'whole', names: [...names.keys()], state: { names, dead: [] } };
  if (base === undefined || kept.length < listed.length || otherSaved) return whole;
  if (isWorthwhile({ base, names, dead, kept, changed }))
    return { kind: 'delta', names: changed.map(({ name }) => name), state: { names, dead } };
  return whole;
}

/** A directory changes its time when something in it is made and deleted again: that alone is no reason. */
function isChanged({ listed, base, otherSaved }: Choice): boolean {
  const isNews = (each: ListedName) =>
    each.changed && each.name !== '.' && (each.type !== 'd' || base?.state.names.get(each.name) !== 'd');
  if (listed.some(isNews)) return true;
  if (base === undefined) return !otherSaved && listed.some(({ name }) => name !== '.');
  const names = new Set(listed.map(({ name }) => name));
  return [...base.state.names.keys()].some((name) => !names.has(name));
}

/** The least recently used files go first. */
function withinLimit(listed: readonly ListedName[], maxBytes: number): readonly ListedName[] {
  const total = listed.reduce((sum, { size }) => sum + size + perName, 0);
  if (total <= maxBytes) return listed;
  const dropped = new Set<string>();
  let left = total;
  for (const { name, size } of listed
    .filter(({ type }) => type === 'f')
    .toSorted((a, b) => a.used - b.used)) {
    if (left <= maxBytes * fillAfterDrop) break;
    dropped.add(name);
    left -= size + perName;
  }
  return listed.filter(({ name }) => !dropped.has(name));
}

function deadNames(before: MountState, names: ReadonlyMap<string, string>): readonly string[] {
  const gone = [...before.names.keys(), ...before.dead].filter((name) => !names.has(name));
  return [...new Set(gone)];
}

interface Delta {
  readonly base: SavedMount;
  readonly names: ReadonlyMap<string, string>;
  readonly dead: readonly string[];
  readonly kept: readonly ListedName[];
  readonly changed: readonly ListedName[];
}

function filesOf(listed: readonly ListedName[]): readonly ListedName[] {
  return listed.filter(({ type }) => type === 'f');
}

/** A name that was once a folder and is now a file could not be unpacked on top, nor one that came back from the dead. */
function isWorthwhile({ base, names, dead, kept, changed }: Delta): boolean {
  const [first, ...deltas] = base.layers;
  const sum = (sizes: readonly { readonly size: number }[]) => sizes.reduce((all, { size }) => all + size, 0);
  const retyped = changed.some(({ name, type }) => (base.state.names.get(name) ?? type) !== type);
  const revived = base.state.dead.some((name) => names.has(name));
  return (
    !retyped &&
    !revived &&
    base.layers.length < mostLayers &&
    sum(deltas) <= largestDelta * (first?.size ?? 0) &&
    sum(filesOf(changed)) <= largestDelta * sum(filesOf(kept)) &&
    dead.length <= largestDelta * names.size
  );
}
