import { globalInstructions, type Instruction, parseDockerfile } from './dockerfile.ts';
import { type DockerfileBase, dockerfileBases } from './dockerfile-bases.ts';
import { namesElsewhere } from './instruction-words.ts';
import { type DockerfileQuestion, neededStages } from './needed-stages.ts';

export interface InputsQuestion extends Omit<DockerfileQuestion, 'platform'> {
  readonly platforms: readonly string[];
  /** Names of build arguments whose values change with every commit. */
  readonly perCommitArgs: readonly string[];
}

/** Why the same Dockerfile with the same inputs may give another image. */
export interface DockerfileObstacle {
  readonly reason: string;
  /** 1-based. */
  readonly line: number;
}

export type DockerfileInputs =
  /** Every image that is used, the frontend included. */
  | { readonly kind: 'known'; readonly bases: readonly DockerfileBase[] }
  | ({ readonly kind: 'obstacle' } & DockerfileObstacle);

/**
 * What a Dockerfile takes in beside its contexts and arguments, or why that cannot be told from it. It errs on the side
 * of an obstacle. Never throws.
 */
export function dockerfileInputs(question: InputsQuestion): DockerfileInputs {
  const { untrustedText, platforms, buildArgs } = question;
  const frontends = [...frontendOf(untrustedText), ...frontendArgument(buildArgs)];
  const forEach = platforms.map((platform) => ({ ...question, platform }));
  const [obstacle] = [
    ...volatileMarks(untrustedText),
    ...frontends.flatMap(foreignFrontend),
    ...instructionsOf(untrustedText).flatMap((each) => instructionObstacle(each, question)),
    ...forEach.flatMap(unknownSources),
  ];
  if (obstacle !== undefined) return { kind: 'obstacle', ...obstacle };
  return { kind: 'known', bases: [...frontends, ...forEach.flatMap(dockerfileBases)] };
}

function instructionsOf(untrustedText: string): readonly Instruction[] {
  const stages = parseDockerfile(untrustedText).flatMap(({ instructions }) => instructions);
  return [...globalInstructions(untrustedText), ...stages];
}

function unknownSources(question: DockerfileQuestion): readonly DockerfileObstacle[] {
  const needed = neededStages(question);
  const unknown = needed.flatMap(({ sources }) => sources.filter(({ kind }) => kind === 'unknown'));
  // Without the stage that is asked for, what it needs is not known either.
  const lines = needed.length === 0 ? [1] : unknown.map(({ line }) => line);
  return lines.map((line) => ({ reason: 'names an image that the Dockerfile alone does not tell', line }));
}

/** How the owner says that a step must be run again each time. */
function volatileMarks(untrustedText: string): readonly DockerfileObstacle[] {
  const line = lineMatching(untrustedText, /^\s*#\s*image-builder:\s*volatile\s*$/i);
  return line === undefined ? [] : [{ reason: 'is marked as volatile', line }];
}

function lineMatching(text: string, pattern: RegExp): number | undefined {
  const at = text.split(/\r?\n/).findIndex((line) => pattern.test(line));
  return at < 0 ? undefined : at + 1;
}

/** The frontend that the comments at the top ask for, in the form of a Dockerfile or in another. */
function frontendOf(untrustedText: string): readonly DockerfileBase[] {
  const lines = untrustedText.replace(/^\ufeff/, '').split(/\r?\n/);
  const end = lines.findIndex((line) => !/^\s*(?:#|$)/.test(line));
  const [first = ''] = end < 0 ? [] : lines.slice(end);
  const other = /^\s*(?:\/\/|\{)/.test(first) ? [{ untrustedName: first.trim(), line: end + 1 }] : [];
  const top = end < 0 ? lines : lines.slice(0, end);
  const named = top.flatMap((line, at) => {
    const [, name] = /^\s*#\s*syntax\s*=\s*(\S+)/i.exec(line) ?? [];
    return name === undefined ? [] : [{ untrustedName: name, line: at + 1 }];
  });
  return [...named, ...other];
}

function frontendArgument(buildArgs: InputsQuestion['buildArgs']): readonly DockerfileBase[] {
  return buildArgs.flatMap(([name, untrustedName]) =>
    name === 'BUILDKIT_SYNTAX' ? [{ untrustedName, line: 1 }] : [],
  );
}

/** Only the frontend of Dockerfiles is known to look at nothing but what a Dockerfile declares. */
function foreignFrontend({ untrustedName, line }: DockerfileBase): readonly DockerfileObstacle[] {
  if (/(?:^|\/)docker\/dockerfile(?:-upstream)?(?:[:@]\S+)?$/.test(untrustedName)) return [];
  return [{ reason: 'is built by another frontend than docker/dockerfile', line }];
}

function instructionObstacle(
  { text, line }: Instruction,
  { perCommitArgs }: Pick<InputsQuestion, 'perCommitArgs'>,
): readonly DockerfileObstacle[] {
  const [, keyword = '', rest = ''] = /^(?:onbuild\s+)?(\S+)\s*([\s\S]*)$/i.exec(text) ?? [];
  if (keyword.toUpperCase() === 'ARG') {
    const names = rest.split(/\s+/).map((word) => word.split('=')[0] ?? '');
    const found = names.find((name) => perCommitArgs.includes(name));
    const reason = `uses build argument "${found}", which changes with every commit`;
    return found === undefined ? [] : [{ reason, line }];
  }
  const fetches = keyword.toUpperCase() === 'ADD' && namesElsewhere(rest);
  return fetches ? [{ reason: 'adds something that lies elsewhere', line }] : [];
}
