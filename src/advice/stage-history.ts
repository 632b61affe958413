import { flagValues, type Instruction, mountField, type NeededStage } from '../dockerfile/index.ts';
import { type CompilerName, preparedBy } from './compilers.ts';
import { copiedFiles, isManifest, isWholeContext } from './copied-files.ts';
import { readVariables } from './environment.ts';
import { fetchOf } from './fetchers.ts';
import { runCommands } from './run-commands.ts';
import type { ShellCommand } from './shell-commands.ts';

/** What a stage holds at one of its lines, its base stages included. */
export interface StageState {
  /** Whether it holds sources of the caller's, and not only lists of dependencies. */
  readonly sourced: boolean;
  /** The line that copied the whole build context. */
  readonly wholeContext: number | undefined;
  /** Compilers that ran before there were any sources: what they made of dependencies stays in a layer. */
  readonly prepared: ReadonlySet<CompilerName>;
  /** What fetched dependencies before the whole context was there. */
  readonly fetched: ReadonlySet<string>;
  /** Those that decide how compilers behave. */
  readonly variables: ReadonlyMap<string, string>;
  /** The user of RUN, as it is written; empty for root. */
  readonly untrustedUser: string;
}

/** A RUN with what it finds. */
export interface StageRun {
  readonly line: number;
  readonly commands: readonly ShellCommand[];
  readonly cacheTargets: readonly string[];
  /** Of its stage, with what it mounts. */
  readonly state: StageState;
}

export interface StageHistory extends NeededStage {
  readonly runs: readonly StageRun[];
  readonly end: StageState;
  /** The first line that reads the whole build context. */
  readonly readsContext: number | undefined;
}

const start: StageState = {
  sourced: false,
  wholeContext: undefined,
  prepared: new Set(),
  fetched: new Set(),
  variables: new Map(),
  untrustedUser: '',
};

/** What happens in the stages of one build, in the order of the Dockerfile. */
export function stageHistories(needed: readonly NeededStage[]): readonly StageHistory[] {
  const done = new Map<number, StageHistory>();
  for (const stage of needed.toSorted((a, b) => a.index - b.index))
    done.set(stage.index, historyOf(stage, done));
  return [...done.values()];
}

type Done = ReadonlyMap<number, StageHistory>;

function historyOf(needed: NeededStage, done: Done): StageHistory {
  const [base] = needed.sources;
  const before = base?.kind === 'stage' ? done.get(base.index) : undefined;
  const sourcedLines = linesWithSources(needed, done);
  const runs: StageRun[] = [];
  let state = before?.end ?? start;
  let readsContext: number | undefined;
  for (const instruction of needed.stage.instructions) {
    const given = { state, instruction, arrives: sourcedLines.has(instruction.line) };
    if (instruction.keyword === 'RUN') {
      const run = readRun(given);
      runs.push(run);
      state = afterRun(state, run);
      readsContext ??= run.state.wholeContext;
    } else state = afterInstruction(given);
    readsContext ??= state.wholeContext;
  }
  return { ...needed, runs, end: state, readsContext };
}

interface Given {
  readonly state: StageState;
  readonly instruction: Instruction;
  /** Whether sources come with what it takes from other stages. */
  readonly arrives: boolean;
}

/** The lines on which sources come from other stages or contexts. */
function linesWithSources({ sources }: NeededStage, done: Done): ReadonlySet<number> {
  const sourced = sources.filter(
    (source) =>
      source.kind === 'context' || (source.kind === 'stage' && done.get(source.index)?.end.sourced === true),
  );
  return new Set(sourced.map(({ line }) => line));
}

function afterInstruction(given: Given): StageState {
  const { state, instruction } = given;
  const { keyword, text } = instruction;
  switch (keyword) {
    case 'COPY':
    case 'ADD':
      return afterCopy(given);
    case 'ENV':
    case 'ARG':
      return { ...state, variables: readVariables(text, state.variables) };
    case 'USER':
      return { ...state, untrustedUser: text.split(/\s+/)[1] ?? '' };
    default:
      return state;
  }
}

function afterCopy({ state, instruction, arrives }: Given): StageState {
  const files = copiedFiles(instruction);
  const bringsSources = !files.every(isManifest);
  if (flagValues(instruction, 'from').length > 0)
    return { ...state, sourced: state.sourced || (arrives && bringsSources) };
  const whole = files.some(isWholeContext) && flagValues(instruction, 'exclude').length === 0;
  const wholeContext = state.wholeContext ?? (whole ? instruction.line : undefined);
  return { ...state, sourced: state.sourced || bringsSources, wholeContext };
}

function readRun({ state, instruction, arrives }: Given): StageRun {
  const { line } = instruction;
  const mounts = flagValues(instruction, 'mount');
  const bound = mounts.filter(
    (mount) => (mountField(mount, 'type') ?? 'bind') === 'bind' && mountField(mount, 'from') === undefined,
  );
  const files = bound.map((mount) => mountField(mount, 'source') ?? mountField(mount, 'src') ?? '.');
  const sourced = state.sourced || arrives || !files.every(isManifest);
  const whole = files.some(isWholeContext) ? line : undefined;
  return {
    line,
    commands: runCommands(instruction).map(({ words, variables }) => ({
      words,
      variables: new Map([...state.variables, ...variables]),
    })),
    cacheTargets: mounts
      .filter((mount) => mountField(mount, 'type') === 'cache')
      .map(
        (mount) =>
          mountField(mount, 'target') ?? mountField(mount, 'dst') ?? mountField(mount, 'destination') ?? '',
      ),
    state: { ...state, sourced, wholeContext: state.wholeContext ?? whole },
  };
}

/** What a stage holds after a RUN. */
function afterRun(before: StageState, { state, commands }: StageRun): StageState {
  const prepared = commands.flatMap((command) => preparedBy(command, state.sourced) ?? []);
  const fetched =
    state.wholeContext === undefined ? commands.flatMap((command) => fetchOf(command)?.fetcher ?? []) : [];
  return {
    ...before,
    prepared: withAll(before.prepared, prepared),
    fetched: withAll(before.fetched, fetched),
  };
}

function withAll<T>(held: ReadonlySet<T>, more: readonly T[]): ReadonlySet<T> {
  return more.every((each) => held.has(each)) ? held : new Set([...held, ...more]);
}
