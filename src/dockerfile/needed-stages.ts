import { type Instruction, parseDockerfile, type Stage } from './dockerfile.ts';
import { expandWord, type Lookup } from './expand-word.ts';
import { type ArgumentFacts, globalArguments } from './global-arguments.ts';
import { flagValues, mountField, wordsOf } from './instruction-words.ts';

export interface DockerfileQuestion extends ArgumentFacts {
  /** The last stage unless given. */
  readonly target?: string | undefined;
  /** Names of further build contexts, which stand for themselves and not for images. */
  readonly contexts: readonly string[];
}

/** A stage that the target is built from, or the target itself. */
export interface NeededStage {
  readonly stage: Stage;
  /** Position in the Dockerfile, from 0. */
  readonly index: number;
  /** os/architecture[/variant] that its steps run on; undefined where that is not known. */
  readonly runsOn: string | undefined;
  /** Whether they run on the platform of the builder, whatever that is. */
  readonly onBuilder: boolean;
  /** What it takes files from: its base first, then in the order of the lines. */
  readonly sources: readonly StageSource[];
}

/** `line` is 1-based; `scratch` has no files, and what `unknown` is only BuildKit can tell. */
export type StageSource =
  | { readonly kind: 'stage'; readonly index: number; readonly line: number }
  | { readonly kind: 'image' | 'context'; readonly untrustedName: string; readonly line: number }
  | { readonly kind: 'scratch' | 'unknown'; readonly line: number };

/**
 * What BuildKit 0.25 builds of a Dockerfile for one platform: the target first, then the stages in the order in which
 * they are asked for. Variables are replaced; what depends on syntax that is not understood here is `unknown`. Never
 * throws.
 */
export function neededStages(question: DockerfileQuestion): readonly NeededStage[] {
  const stages = resolveStages(parseDockerfile(question.untrustedText), question);
  const needed = new Set([targetOf(stages, question.target)]);
  const found: NeededStage[] = [];
  for (const index of needed) {
    const stage = index === undefined ? undefined : stages[index];
    if (stage === undefined) continue;
    found.push(stage);
    for (const source of stage.sources) if (source.kind === 'stage') needed.add(source.index);
  }
  return found;
}

function targetOf(stages: readonly NeededStage[], target: string | undefined): number | undefined {
  if (stages.length === 0) return undefined;
  if (target === undefined) return stages.length - 1;
  const found = stages.findLastIndex(({ stage }) => stage.name === target.toLowerCase());
  return found >= 0 ? found : stageNumber(target, stages.length);
}

function stageNumber(name: string, count: number): number | undefined {
  return /^[0-9]{1,4}$/.test(name) && Number(name) < count ? Number(name) : undefined;
}

function resolveStages(stages: readonly Stage[], question: DockerfileQuestion): readonly NeededStage[] {
  const lookup = globalArguments(question);
  const before = new Map<string, number>();
  const resolved: NeededStage[] = [];
  for (const [index, stage] of stages.entries()) {
    const sources = filesFrom(stage).map((written) =>
      resolveSource(written, { lookup, before, resolved, question }),
    );
    const [base] = sources;
    const below = base?.kind === 'stage' ? resolved[base.index] : undefined;
    const { runsOn, onBuilder } = below ?? platformOf(stage, lookup, question.platform);
    resolved.push({ stage, index, runsOn, onBuilder, sources });
    if (stage.name !== undefined) before.set(stage.name, index);
  }
  return resolved;
}

function platformOf(
  { from }: Stage,
  lookup: Lookup,
  target: string,
): Pick<NeededStage, 'runsOn' | 'onBuilder'> {
  const [word] = flagValues(from, 'platform');
  if (word === undefined) return { runsOn: target, onBuilder: false };
  const onBuilder = /^["']?\$(?:BUILDPLATFORM|\{BUILDPLATFORM\})["']?$/.test(word);
  return { runsOn: expandWord(word, lookup) || undefined, onBuilder };
}

/** Something that a stage takes files from, as it is written. */
interface WrittenSource {
  /** Undefined where a variable may stand whose value is not known. */
  readonly word: string | undefined;
  readonly line: number;
  /** Whether a number means a stage. */
  readonly byIndex: boolean;
}

interface Resolving {
  readonly lookup: Lookup;
  /** The stages so far, by their names. */
  readonly before: ReadonlyMap<string, number>;
  readonly resolved: readonly NeededStage[];
  readonly question: DockerfileQuestion;
}

function resolveSource(
  { word, line, byIndex }: WrittenSource,
  { lookup, before, resolved, question: { contexts } }: Resolving,
): StageSource {
  const name = word === undefined ? undefined : expandWord(word, lookup);
  if (name === undefined || name === '') return { kind: 'unknown', line };
  if (name === 'scratch') return { kind: 'scratch', line };
  const context = { kind: 'context', untrustedName: name, line } as const;
  if (contexts.includes(name)) return context;
  const index = before.get(name.toLowerCase()) ?? (byIndex ? stageNumber(name, resolved.length) : undefined);
  if (index === undefined) return { kind: 'image', untrustedName: name, line };
  return contexts.includes(resolved[index]?.stage.name ?? '') ? context : { kind: 'stage', index, line };
}

function filesFrom(stage: Stage): readonly WrittenSource[] {
  const [image = ''] = wordsOf(stage.from).filter((word) => !word.startsWith('--'));
  const base = { word: image, line: stage.from.line, byIndex: false };
  return [base, ...stage.instructions.flatMap(copiedFrom)];
}

function copiedFrom(instruction: Instruction): readonly WrittenSource[] {
  // Variables differ from those of FROM where they are allowed here at all.
  return fromFields(instruction).map((word) => ({
    word: /["'$]/.test(word) ? undefined : word,
    line: instruction.line,
    byIndex: true,
  }));
}

function fromFields(instruction: Instruction): readonly string[] {
  if (instruction.keyword === 'COPY') return flagValues(instruction, 'from');
  if (instruction.keyword !== 'RUN') return [];
  return flagValues(instruction, 'mount').flatMap((mount) => mountField(mount, 'from') ?? []);
}
