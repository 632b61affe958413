import { globalInstructions, type Instruction, parseDockerfile, type Stage } from './dockerfile.ts';
import { expandWord, type Lookup } from './expand-word.ts';

export interface DockerfileQuestion {
  readonly untrustedText: string;
  /** The last stage unless given. */
  readonly target?: string | undefined;
  /** os/architecture[/variant]. */
  readonly platform: string;
  readonly buildArgs: readonly (readonly [name: string, value: string])[];
  /** Names of further build contexts, which stand for themselves and not for images. */
  readonly contexts: readonly string[];
}

export interface DockerfileBase {
  readonly untrustedName: string;
  /** 1-based. */
  readonly line: number;
}

/**
 * The images that a build certainly uses: in FROM, COPY --from and RUN --mount of the target and of what it needs,
 * with variables replaced. What depends on the engine, or on syntax that is not understood here, is left out: only the
 * provenance has it. Never throws.
 */
export function dockerfileBases(question: DockerfileQuestion): readonly DockerfileBase[] {
  const stages = parseDockerfile(question.untrustedText);
  const lookup = globalArguments(question);
  const bases: DockerfileBase[] = [];
  const needed = new Set([targetOf(stages, question.target)]);
  for (const index of needed) {
    for (const { word, line, byIndex } of index === undefined ? [] : sourcesOf(stages[index])) {
      const name = expandWord(word, lookup);
      if (name === undefined || name === '' || name === 'scratch' || question.contexts.includes(name))
        continue;
      const stage = stageNamed(stages.slice(0, index), name, byIndex);
      if (stage === undefined) bases.push({ untrustedName: name, line });
      else if (!question.contexts.includes(stages[stage]?.name ?? '')) needed.add(stage);
    }
  }
  return bases;
}

export function targetOf(stages: readonly Stage[], target: string | undefined): number | undefined {
  if (stages.length === 0) return undefined;
  return target === undefined ? stages.length - 1 : stageNamed(stages, target, true);
}

export function stageNamed(stages: readonly Stage[], name: string, byIndex: boolean): number | undefined {
  const found = stages.findLastIndex((stage) => stage.name === name.toLowerCase());
  if (found >= 0) return found;
  return byIndex && /^[0-9]{1,4}$/.test(name) && Number(name) < stages.length ? Number(name) : undefined;
}

/** Something that a stage takes files from, as it is written. */
interface Source {
  readonly word: string;
  readonly line: number;
  /** Whether a number means a stage. */
  readonly byIndex: boolean;
}

export function sourcesOf(stage: Stage | undefined): readonly Source[] {
  if (stage === undefined) return [];
  const [image = ''] = wordsOf(stage.from).filter((word) => !word.startsWith('--'));
  const base = { word: image, line: stage.from.line, byIndex: false };
  return [base, ...stage.instructions.flatMap(copiedFrom)];
}

function copiedFrom(instruction: Instruction): readonly Source[] {
  const flags = flagsOf(instruction);
  const words =
    instruction.keyword === 'COPY'
      ? flags.flatMap((flag) => assigned('--from', flag))
      : instruction.keyword === 'RUN'
        ? flags
            .flatMap((flag) => assigned('--mount', flag))
            .flatMap((mount) => mount.split(','))
            .flatMap((field) => assigned('from', field))
        : [];
  // Variables are not allowed here, and differ from those of FROM.
  return words
    .filter((word) => !/["'$]/.test(word))
    .map((word) => ({ word, line: instruction.line, byIndex: true }));
}

export function assigned(name: string, text: string): readonly string[] {
  const prefix = `${name}=`;
  return text.toLowerCase().startsWith(prefix) ? [text.slice(prefix.length)] : [];
}

function wordsOf({ text }: Instruction): readonly string[] {
  return text.split(/\s+/).slice(1);
}

export function flagsOf(instruction: Instruction): readonly string[] {
  const words = wordsOf(instruction);
  const end = words.findIndex((word) => !word.startsWith('--'));
  return end < 0 ? words : words.slice(0, end);
}

/** Those that FROM can use: declared before the first stage, and those of the target's platform. */
export function globalArguments({ untrustedText, platform, buildArgs }: DockerfileQuestion): Lookup {
  const given = new Map(buildArgs);
  const values = platformArguments(platform, given);
  const lookup: Lookup = (name) => (values.has(name) ? values.get(name) : '');
  for (const instruction of globalInstructions(untrustedText)) {
    if (instruction.keyword !== 'ARG') continue;
    for (const word of wordsOf(instruction)) {
      const split = word.indexOf('=');
      const name = split < 0 ? word : word.slice(0, split);
      const fallback = split < 0 ? lookup(name) : expandWord(word.slice(split + 1), lookup);
      values.set(name, given.get(name) ?? fallback);
    }
  }
  return lookup;
}

/** What the engine runs on is not known, nor what becomes of a build argument that takes the name of one of these. */
function platformArguments(platform: string, given: ReadonlyMap<string, string>) {
  const [os, arch, variant = ''] = platform.split('/');
  const target: Readonly<Record<string, string | undefined>> = {
    PLATFORM: platform,
    OS: os,
    ARCH: arch,
    VARIANT: variant,
  };
  const values = new Map<string, string | undefined>();
  for (const [part, value] of Object.entries(target)) {
    values.set(`TARGET${part}`, given.has(`TARGET${part}`) ? undefined : value);
    values.set(`BUILD${part}`, undefined);
  }
  return values;
}
