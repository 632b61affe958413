import { posix } from 'node:path';
import type { Instruction } from './dockerfile.ts';
import { expandWord, type Lookup } from './expand-word.ts';
import { globalArguments } from './global-arguments.ts';
import { flagValues, mountField, mountFields } from './instruction-words.ts';
import {
  type DockerfileQuestion,
  type NeededStage,
  neededStages,
  type StageSource,
} from './needed-stages.ts';
import { type StageVariables, startVariables } from './stage-variables.ts';

/** A directory that `RUN --mount=type=cache` keeps on the engine between builds, by what BuildKit 0.25 tells it by. */
export interface CacheMount {
  readonly id: string;
  /** Of the directory when BuildKit makes it; its own defaults count as another directory. */
  readonly owner?: MountOwner;
  /** What it begins with, when it is not empty. */
  readonly from?: MountSeed;
  readonly sharing: 'shared' | 'private' | 'locked';
  /** As the first step that mounts it says it. */
  readonly target: string;
  /** 1-based. */
  readonly line: number;
}

export interface MountOwner {
  readonly uid: number;
  readonly gid: number;
  /** Bits. */
  readonly mode: number;
}

/** A folder of an image; the same directory with another platform of it is another one. */
export interface MountSeed {
  readonly untrustedImage: string;
  /** os/architecture[/variant]. */
  readonly platform: string;
  /** An absolute path. */
  readonly source: string;
}

/** A cache mount of which it is not known which directory it is, or what it begins with. */
export interface UnclearMount {
  readonly line: number;
  /** In lower case, without a full stop. */
  readonly reason: string;
}

export interface FoundMounts {
  /** Each directory once, in the order of the Dockerfile. */
  readonly mounts: readonly CacheMount[];
  readonly unclear: readonly UnclearMount[];
}

/** The cache mounts of the stages that a build for these platforms reaches. Never throws. */
export function dockerfileMounts({
  platforms,
  ...question
}: Omit<DockerfileQuestion, 'platform'> & { readonly platforms: readonly string[] }): FoundMounts {
  const mounts = new Map<string, CacheMount>();
  const unclear = new Map<string, UnclearMount>();
  for (const platform of platforms) {
    for (const found of mountedRuns({ ...question, platform }).flatMap(({ mounts }) => mounts)) {
      if ('reason' in found) unclear.set(`${found.line} ${found.reason}`, found);
      else {
        const key = JSON.stringify([found.id, found.owner, found.from]);
        if (!mounts.has(key)) mounts.set(key, found);
      }
    }
  }
  for (const [key, { line }] of overlapping(mounts)) {
    mounts.delete(key);
    unclear.set(key, { line, reason: 'is a folder of a directory of which another folder is mounted too' });
  }
  const byLine = (a: { readonly line: number }, b: { readonly line: number }) => a.line - b.line;
  return { mounts: [...mounts.values()].sort(byLine), unclear: [...unclear.values()].sort(byLine) };
}

/** Folders within one directory that begins with an image; one may lie within the other. */
function overlapping(mounts: ReadonlyMap<string, CacheMount>): readonly (readonly [string, CacheMount])[] {
  const directory = ({ id, from }: CacheMount) => JSON.stringify([id, from?.untrustedImage, from?.platform]);
  const seeded = [...mounts].filter(([, { from }]) => from !== undefined);
  const groups = Map.groupBy(seeded, ([, mount]) => directory(mount));
  return [...groups.values()].filter((group) => group.length > 1).flat();
}

/** A RUN with cache mounts. */
export interface MountedRun {
  readonly stage: NeededStage;
  readonly instruction: Instruction;
  readonly mounts: readonly (CacheMount | UnclearMount)[];
}

/** The same for one platform, by the steps that mount them. */
export function mountedRuns(question: DockerfileQuestion): readonly MountedRun[] {
  const globals = globalArguments(question);
  const buildArgs = new Map(question.buildArgs);
  const ends = new Map<number, StageVariables>();
  const found: MountedRun[] = [];
  // A stage is built on an earlier one.
  for (const needed of neededStages(question).toSorted((a, b) => a.index - b.index)) {
    const { stage, index, sources } = needed;
    const [base] = sources;
    const before = base?.kind === 'stage' ? ends.get(base.index) : undefined;
    const variables = startVariables({ from: stage.from, before, globals, buildArgs });
    for (const instruction of stage.instructions) {
      const around = { lookup: variables.lookup, sources, platform: question.platform };
      const mounts = instruction.keyword === 'RUN' ? mountsOf(instruction, around) : [];
      if (mounts.length > 0) found.push({ stage: needed, instruction, mounts });
      variables.take(instruction);
    }
    ends.set(index, variables);
  }
  return found;
}

interface Surroundings {
  readonly lookup: Lookup;
  /** Of the stage. */
  readonly sources: readonly StageSource[];
  /** That is built for: that of images which only a mount names. */
  readonly platform: string;
}

function mountsOf(instruction: Instruction, around: Surroundings): readonly (CacheMount | UnclearMount)[] {
  const mounts = flagValues(instruction, 'mount');
  const seeds = seedsOf(instruction, mounts, around.sources);
  return mounts.flatMap((mount, at) => {
    const fields = mountFields(mount);
    if (fields.get('type') !== 'cache') return [];
    return [readMount(fields, { ...around, seed: seeds[at], line: instruction.line })];
  });
}

/** What the `from` of each mount means. The sources of a stage are in the order of their lines, its base before all. */
function seedsOf(
  { line }: Instruction,
  mounts: readonly string[],
  sources: readonly StageSource[],
): readonly (StageSource | undefined)[] {
  const named = sources.slice(1).filter((source) => source.line === line);
  let next = 0;
  return mounts.map((mount) => (mountField(mount, 'from') === undefined ? undefined : named[next++]));
}

/** What needs no quotes in a Dockerfile. */
const plainName = /^[\w./:@+=~-]+$/;

interface MountPlace extends Surroundings {
  readonly seed: StageSource | undefined;
  readonly line: number;
}

/** `source` is a folder within the directory, and does not tell directories apart. */
function readMount(
  fields: ReadonlyMap<string, string>,
  { lookup, seed, platform, line }: MountPlace,
): CacheMount | UnclearMount {
  const value = (name: string) => {
    const word = fields.get(name);
    return word === undefined ? '' : /["'\\]/.test(word) ? undefined : expandWord(word, lookup);
  };
  const [target, id, sharing, source] = ['target', 'id', 'sharing', 'source'].map(value);
  const owner = [value('uid'), value('gid'), value('mode')];
  if ([target, id, sharing, source, ...owner].some((word) => word === undefined) || !target)
    return { line, reason: 'depends on a variable, or on quotes, that only the engine can replace' };
  if (![id || target, source || '/'].every((name) => plainName.test(name)))
    return { line, reason: 'has a name with characters that only the engine understands' };
  const folder = clean(`/${source}`);
  const owned = folder === '/' && owner.join('') !== '';
  const from = fields.get('from');
  const seeded = from !== undefined && from !== 'scratch';
  if (seeded && (seed?.kind !== 'image' || owned || !plainName.test(seed.untrustedName)))
    return { line, reason: unkeptSeed(from, seed, owned) };
  return {
    id: id || clean(target),
    ...(owned ? { owner: ownerOf(owner) } : {}),
    ...(seeded && seed?.kind === 'image'
      ? { from: { untrustedImage: seed.untrustedName, platform, source: folder } }
      : {}),
    sharing: sharing === 'private' || sharing === 'locked' ? sharing : 'shared',
    target,
    line,
  };
}

function unkeptSeed(from: string, seed: StageSource | undefined, owned: boolean): string {
  const begins = `begins with the content of "${from}"`;
  if (seed?.kind === 'stage') return `${begins}, a stage that would have to run before it is restored`;
  if (seed?.kind === 'context') return `${begins}, a build context`;
  return owned ? `${begins}, in a folder of an owner of its own` : `${begins}, which is the engine's to tell`;
}

function ownerOf([uid, gid, mode]: readonly (string | undefined)[]): MountOwner {
  return { uid: Number(uid || 0), gid: Number(gid || 0), mode: Number.parseInt(mode || '755', 8) };
}

/** As Go's `path.Clean`. */
function clean(path: string): string {
  return posix.normalize(path).replace(/(.)\/$/, '$1');
}
