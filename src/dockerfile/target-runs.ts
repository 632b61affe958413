import type { Instruction } from './dockerfile.ts';
import { type DockerfileQuestion, neededStages } from './needed-stages.ts';

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
  return neededStages(question).flatMap(({ stage, index, runsOn, onBuilder }) => {
    if (onBuilder || (runsOn !== undefined && runsOn !== question.platform)) return [];
    const runs = stage.instructions.filter(({ keyword }) => keyword === 'RUN');
    return runs.map((instruction) => ({ stage: stage.name ?? String(index), instruction }));
  });
}
