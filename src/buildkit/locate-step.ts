import type { Instruction, Stage } from '../dockerfile/index.ts';
import type { InstructionStep } from './build-step.ts';

/** The instructions that BuildKit counts as steps of a stage, beside FROM an image. */
const counted: ReadonlySet<string> = new Set(['RUN', 'COPY', 'ADD', 'WORKDIR']);

/**
 * Finds the instruction behind a step. BuildKit counts FROM only when it names an image, and counts what the base
 * image adds with ONBUILD; so steps are counted from the end of the stage, and the text has the last word.
 */
export function locateStep(step: InstructionStep, stages: readonly Stage[]): Instruction | undefined {
  const stage = findStage(step.stage, stages);
  if (stage === undefined) return undefined;
  if (/^(?:FROM|ONBUILD)\b/.test(step.untrustedText)) return stage.from;
  const steps = stage.instructions.filter(({ keyword }) => counted.has(keyword));
  const expected = steps.length - 1 - (step.total - step.number);
  const candidate = steps[expected];
  if (candidate !== undefined && couldBe(candidate, step.untrustedText)) return candidate;
  const similar = steps.filter((instruction) => couldBe(instruction, step.untrustedText));
  return similar.length === 1 ? similar[0] : undefined;
}

function findStage(name: string | undefined, stages: readonly Stage[]): Stage | undefined {
  if (name === undefined) return stages.length === 1 ? stages[0] : undefined;
  const named = stages.findLast((stage) => stage.name === name.toLowerCase());
  const [, index] = /^stage-(\d+)$/.exec(name) ?? [];
  return named ?? (index === undefined ? undefined : stages[Number(index)]);
}

/** `$NAME` and `${NAME…}`, one within another included. */
const variable = /\$(?:\{[^}]{0,200}\}+|\w+)/;

/** Whether the name of a step came from this instruction: BuildKit replaces variables in it, and joins its lines. */
function couldBe({ text, keyword }: Instruction, untrustedName: string): boolean {
  const name = squeeze(untrustedName);
  if (!name.startsWith(keyword)) return false;
  let from = keyword.length;
  for (const literal of squeeze(text.slice(keyword.length)).split(variable)) {
    const at = name.indexOf(literal, from);
    if (at < 0) return false;
    from = at + literal.length;
  }
  return true;
}

/** Without white space, quotes and escapes, in which a name may differ from its instruction. */
function squeeze(text: string): string {
  return text.replace(/[\s"'\\`]+/g, '');
}
