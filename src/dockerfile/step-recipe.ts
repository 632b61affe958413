import { posix } from 'node:path';
import type { Instruction } from './dockerfile.ts';
import { globalArguments } from './global-arguments.ts';
import { declared, flagValues, mountFields, namesElsewhere, wordsOf } from './instruction-words.ts';
import {
  type DockerfileQuestion,
  type NeededStage,
  neededStages,
  type StageSource,
} from './needed-stages.ts';

/** Files of a context that a step can see. */
export interface UsedFiles {
  /** Name of a further build context; the main one unless given. */
  readonly context?: string;
  /** Relative to the context; all of it unless given. */
  readonly path?: string;
}

/** What decides whether BuildKit has the result of a step already. */
export interface StepRecipe {
  /** The instructions up to the step, with the values of the arguments that they can use. */
  readonly text: readonly string[];
  /** Names of the images that it begins with. */
  readonly images: readonly string[];
  readonly files: readonly UsedFiles[];
}

export interface StepPlace {
  readonly stage: NeededStage;
  readonly instruction: Instruction;
}

/**
 * Tells of a step everything in a Dockerfile, and what it names, that comes before it; rather too much than too little.
 * Undefined where only BuildKit can tell. Never throws.
 */
export function stepRecipes(question: DockerfileQuestion): (place: StepPlace) => StepRecipe | undefined {
  const stages = new Map(neededStages(question).map((stage) => [stage.index, stage]));
  const buildArgs = new Map(question.buildArgs);
  const shared = { stages, buildArgs, globals: globalArguments(question) };
  return ({ stage, instruction }) => {
    const reading: Reading = { ...shared, seen: new Set(), text: [], images: [], files: [] };
    const known = readStage(reading, stage, stage.stage.instructions.indexOf(instruction) + 1);
    const { text, images, files } = reading;
    return known ? { text, images, files } : undefined;
  };
}

interface Reading {
  readonly buildArgs: ReadonlyMap<string, string>;
  readonly stages: ReadonlyMap<number, NeededStage>;
  readonly globals: ReturnType<typeof globalArguments>;
  /** Stages that were read to their end. */
  readonly seen: Set<number>;
  readonly text: string[];
  readonly images: string[];
  readonly files: UsedFiles[];
}

/** Its base, and as many of its instructions; false where something is not known. */
function readStage(reading: Reading, { stage, sources, ...runs }: NeededStage, count: number): boolean {
  const platform = runs.onBuilder ? 'builder' : runs.runsOn;
  if (platform === undefined) return false;
  reading.text.push(platform);
  return [stage.from, ...stage.instructions.slice(0, count)].every((instruction) => {
    reading.text.push(instruction.text, ...instruction.documents);
    const from = sources.filter(({ line }) => line === instruction.line);
    return from.every((source) => readSource(reading, source)) && readInstruction(reading, instruction);
  });
}

function readSource(reading: Reading, source: StageSource): boolean {
  switch (source.kind) {
    case 'scratch':
      return true;
    case 'unknown':
      return false;
    case 'image':
      reading.images.push(source.untrustedName);
      return true;
    case 'context':
      reading.files.push({ context: source.untrustedName });
      return true;
    case 'stage': {
      const stage = reading.stages.get(source.index);
      if (stage === undefined) return false;
      if (reading.seen.has(source.index)) return true;
      reading.seen.add(source.index);
      return readStage(reading, stage, stage.stage.instructions.length);
    }
  }
}

function readInstruction(reading: Reading, instruction: Instruction): boolean {
  switch (instruction.keyword) {
    case 'ARG':
      return declared(instruction).every(({ name }) => readArgument(reading, name));
    case 'ADD':
    case 'COPY':
      if (flagValues(instruction, 'from').length > 0) return true;
      reading.files.push(...copiedFiles(instruction));
      // What lies elsewhere may be another thing by now.
      return instruction.keyword === 'COPY' || !namesElsewhere(instruction.text);
    case 'RUN':
      reading.files.push(...flagValues(instruction, 'mount').flatMap(mountedFiles));
      return true;
    default:
      return true;
  }
}

/** What the Dockerfile gives it stands in the text. */
function readArgument({ buildArgs, globals, text }: Reading, name: string): boolean {
  // It follows the commit, where a build is to be reproducible.
  if (name === 'SOURCE_DATE_EPOCH') return false;
  text.push(`${name}=${buildArgs.get(name) ?? globals(name) ?? 'of the builder'}`);
  return true;
}

/** A source that needs no expansion. */
const plainPath = /^[\w./@+=~-]+$/;

function copiedFiles(instruction: Instruction): readonly UsedFiles[] {
  const words = wordsOf(instruction).filter((word) => !word.startsWith('--'));
  return words.slice(0, -1).map((word) => filesAt(word));
}

function mountedFiles(mount: string): readonly UsedFiles[] {
  const fields = mountFields(mount);
  const type = fields.get('type') ?? 'bind';
  if (type !== 'bind' || fields.has('from')) return [];
  return [filesAt(fields.get('source') ?? '.')];
}

function filesAt(word: string): UsedFiles {
  if (!plainPath.test(word)) return {};
  const path = posix.join('/', word).replace(/^\/|\/$/g, '');
  return path === '' ? {} : { path };
}
