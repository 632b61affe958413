import type { Instruction } from '../dockerfile/index.ts';
import { type ShellCommand, shellCommands } from './shell-commands.ts';

const shells: ReadonlySet<string> = new Set(['sh', 'bash', 'ash', 'dash', 'zsh']);

/** Scripts within scripts that are looked into. */
const deepest = 3;

/** The commands of a RUN: in the form of a shell or of a JSON list, in its here-document, and behind `sh -c`. */
export function runCommands(run: Instruction): readonly ShellCommand[] {
  const written = run.text.replace(/^\S+/, '').replace(/^(?:\s+--\S+)+/, '');
  const list = listForm(written);
  if (list !== undefined) return inShells(list, deepest);
  const commands = shellCommands(written);
  const readsDocument = commands.length === 0 || commands.every(isShellAlone);
  if (run.documents.length === 0 || !readsDocument) return inShells(commands, deepest);
  return inShells(run.documents.filter(isShellScript).flatMap(shellCommands), deepest);
}

function isShellAlone({ words: [program = '', ...rest] }: ShellCommand): boolean {
  return shells.has(program) && rest.every((word) => word.startsWith('-'));
}

function isShellScript(document: string): boolean {
  return !document.startsWith('#!') || /^#!.*\b(?:ba|a|da|z)?sh\b/.test(document);
}

function listForm(text: string): readonly ShellCommand[] | undefined {
  if (!text.trimStart().startsWith('[')) return undefined;
  try {
    const words: unknown = JSON.parse(text);
    if (!Array.isArray(words) || !words.every((word) => typeof word === 'string')) return undefined;
    const [program = '', ...rest] = words;
    return [{ words: [program.slice(program.lastIndexOf('/') + 1), ...rest], variables: new Map() }];
  } catch {
    return undefined;
  }
}

/** With `sh -c script` replaced by what the script runs. */
function inShells(commands: readonly ShellCommand[], depth: number): readonly ShellCommand[] {
  return commands.flatMap((command) => {
    const script = scriptOf(command);
    if (script === undefined || depth === 0) return [command];
    const inner = shellCommands(script).map(({ words, variables }) => ({
      words,
      variables: new Map([...command.variables, ...variables]),
    }));
    return inShells(inner, depth - 1);
  });
}

function scriptOf({ words: [program = '', ...rest] }: ShellCommand): string | undefined {
  if (!shells.has(program)) return undefined;
  const at = rest.findIndex((word) => /^-[a-z]*c$/.test(word));
  return at < 0 ? undefined : rest[at + 1];
}
