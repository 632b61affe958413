import type { Instruction } from './dockerfile.ts';
import { expandWord, type Lookup } from './expand-word.ts';
import { declared, wordsOf } from './instruction-words.ts';

/** The variables of a stage as they stand after the instructions that were taken. */
export interface StageVariables {
  readonly lookup: Lookup;
  readonly environment: ReadonlyMap<string, string | undefined>;
  /** False when a base image may have set more. */
  readonly complete: boolean;
  take(instruction: Instruction): void;
}

export interface StageStart {
  readonly from: Instruction;
  /** Of the stage that it is built on, at its end. */
  readonly before: StageVariables | undefined;
  /** The arguments that FROM can use. */
  readonly globals: Lookup;
  readonly buildArgs: ReadonlyMap<string, string>;
}

/**
 * Follows ARG and ENV through a stage as BuildKit 0.25 does: what ENV sets is inherited by the stages that are built on
 * it, and goes before arguments. What a base image sets is not known.
 */
export function startVariables({ from, before, globals, buildArgs }: StageStart): StageVariables {
  const environment = new Map(before?.environment);
  const complete = before?.complete ?? wordsOf(from).includes('scratch');
  const args = new Map<string, string | undefined>();
  const lookup: Lookup = (name) => {
    if (environment.has(name)) return environment.get(name);
    if (args.has(name)) return args.get(name);
    return complete ? '' : undefined;
  };
  const take = (instruction: Instruction) => {
    if (instruction.keyword === 'ARG')
      for (const { name, value } of declared(instruction))
        args.set(
          name,
          buildArgs.get(name) ?? (value === undefined ? globals(name) : expandWord(value, lookup)),
        );
    if (instruction.keyword === 'ENV')
      for (const { name, value } of assignments(instruction))
        environment.set(name, value === undefined ? undefined : expandWord(value, lookup));
  };
  return { lookup, environment, complete, take };
}

/** `ENV NAME=value …`; of the old `ENV NAME value` only the name is read. */
function assignments(instruction: Instruction): ReturnType<typeof declared> {
  const [first = ''] = wordsOf(instruction);
  return first.includes('=') ? declared(instruction) : [{ name: first, value: undefined }];
}
