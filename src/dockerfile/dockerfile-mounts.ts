import { posix } from 'node:path';
import type { Instruction } from './dockerfile.ts';
import { expandWord, type Lookup } from './expand-word.ts';
import { globalArguments } from './global-arguments.ts';
import { flagValues } from './instruction-words.ts';
import { type DockerfileQuestion, type NeededStage, neededStages } from './needed-stages.ts';
import { type StageVariables, startVariables } from './stage-variables.ts';

/** A directory that `RUN --mount=type=cache` keeps on the engine between builds, by what BuildKit 0.25 tells it by. */
export interface CacheMount {
  readonly id: string;
  /** Of the directory when BuildKit makes it; its own defaults count as another directory. */
  readonly owner?: MountOwner;
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
        const key = JSON.stringify([found.id, found.owner]);
        if (!mounts.has(key)) mounts.set(key, found);
      }
    }
  }
  const byLine = (a: { readonly line: number }, b: { readonly line: number }) => a.line - b.line;
  return { mounts: [...mounts.values()].sort(byLine), unclear: [...unclear.values()].sort(byLine) };
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
      const mounts = instruction.keyword === 'RUN' ? mountsOf(instruction, variables.lookup) : [];
      if (mounts.length > 0) found.push({ stage: needed, instruction, mounts });
      variables.take(instruction);
    }
    ends.set(index, variables);
  }
  return found;
}

function mountsOf(instruction: Instruction, lookup: Lookup): readonly (CacheMount | UnclearMount)[] {
  return flagValues(instruction, 'mount')
    .map((mount) => fieldsOf(mount))
    .filter((fields) => fields.get('type') === 'cache')
    .map((fields) => readMount(fields, lookup, instruction.line));
}

const synonyms: Readonly<Record<string, string>> = { dst: 'target', destination: 'target', src: 'source' };

function fieldsOf(mount: string): ReadonlyMap<string, string> {
  return new Map(
    mount.split(',').map((field) => {
      const split = field.indexOf('=');
      const name = (split < 0 ? field : field.slice(0, split)).toLowerCase();
      return [synonyms[name] ?? name, split < 0 ? '' : field.slice(split + 1)];
    }),
  );
}

/** What needs no quotes in a Dockerfile. */
const plainName = /^[\w./:@+=~-]+$/;

/** `source` is a folder within the directory, and does not tell directories apart. */
function readMount(
  fields: ReadonlyMap<string, string>,
  lookup: Lookup,
  line: number,
): CacheMount | UnclearMount {
  const from = fields.get('from');
  if (from !== undefined && from !== 'scratch')
    return { line, reason: `begins with the content of "${from}", which is the engine's to tell` };
  const value = (name: string) => {
    const word = fields.get(name);
    return word === undefined ? '' : /["'\\]/.test(word) ? undefined : expandWord(word, lookup);
  };
  const [target, id, sharing, source] = ['target', 'id', 'sharing', 'source'].map(value);
  const owner = [value('uid'), value('gid'), value('mode')];
  if ([target, id, sharing, source, ...owner].some((word) => word === undefined) || !target)
    return { line, reason: 'depends on a variable, or on quotes, that only the engine can replace' };
  if (!plainName.test(id || target))
    return { line, reason: 'has a name with characters that only the engine understands' };
  return {
    id: id || clean(target),
    ...(clean(`/${source}`) !== '/' || owner.join('') === '' ? {} : { owner: ownerOf(owner) }),
    sharing: sharing === 'private' || sharing === 'locked' ? sharing : 'shared',
    target,
    line,
  };
}

function ownerOf([uid, gid, mode]: readonly (string | undefined)[]): MountOwner {
  return { uid: Number(uid || 0), gid: Number(gid || 0), mode: Number.parseInt(mode || '755', 8) };
}

/** As Go's `path.Clean`. */
function clean(path: string): string {
  return posix.normalize(path).replace(/(.)\/$/, '$1');
}
