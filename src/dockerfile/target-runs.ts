import { type Instruction, parseDockerfile, type Stage } from './dockerfile.ts';
import {
  assigned,
  type DockerfileQuestion,
  flagsOf,
  globalArguments,
  sourcesOf,
  stageNamed,
  targetOf,
} from './dockerfile-bases.ts';
import { expandWord, type Lookup } from './expand-word.ts';

/** A command that runs on the platform that is built for. */
export interface TargetRun {
  /** Of its stage: its name, or its number. */
  readonly stage: string;
  readonly instruction: Instruction;
}

/**
 * The commands of a build that run on its target platform, so that they are emulated elsewhere: those of the stages that
 * it needs and that no `--platform` of their own, or of the stage they begin with, holds to another platform. Where a
 * platform is not understood it counts as the target's. Never throws.
 */
export function targetRuns(question: DockerfileQuestion): readonly TargetRun[] {
  const stages = parseDockerfile(question.untrustedText);
  const lookup = globalArguments(question);
  const needed = neededStages(stages, question, lookup);
  return [...needed].flatMap((index) => {
    const stage = stages[index];
    if (stage === undefined || !runsOnTarget(stages, index, question, lookup)) return [];
    const runs = stage.instructions.filter(({ keyword }) => keyword === 'RUN');
    return runs.map((instruction) => ({ stage: stage.name ?? String(index), instruction }));
  });
}

function neededStages(
  stages: readonly Stage[],
  { target, contexts }: DockerfileQuestion,
  lookup: Lookup,
): ReadonlySet<number> {
  const first = targetOf(stages, target);
  const needed = new Set(first === undefined ? [] : [first]);
  for (const index of needed) {
    for (const { word, byIndex } of sourcesOf(stages[index])) {
      const name = expandWord(word, lookup);
      const found = name === undefined ? undefined : stageNamed(stages.slice(0, index), name, byIndex);
      if (found !== undefined && !contexts.includes(stages[found]?.name ?? '')) needed.add(found);
    }
  }
  return needed;
}

function runsOnTarget(
  stages: readonly Stage[],
  index: number,
  question: DockerfileQuestion,
  lookup: Lookup,
): boolean {
  const stage = stages[index];
  if (stage === undefined) return false;
  const [own] = flagsOf(stage.from).flatMap((flag) => assigned('--platform', flag));
  if (own !== undefined) return isTarget(own, question, lookup);
  const [base] = sourcesOf(stage);
  const name = base === undefined ? undefined : expandWord(base.word, lookup);
  const from = name === undefined ? undefined : stageNamed(stages.slice(0, index), name, false);
  return from === undefined || runsOnTarget(stages, from, question, lookup);
}

/** `$BUILDPLATFORM` is the node's own, whatever it is. */
function isTarget(word: string, { platform }: DockerfileQuestion, lookup: Lookup): boolean {
  if (/^["']?\$(?:BUILDPLATFORM|\{BUILDPLATFORM\})["']?$/.test(word)) return false;
  const expanded = expandWord(word, lookup);
  return expanded === undefined || expanded === '' || expanded === platform;
}
