import { type Command, commands } from './commands.ts';
import type { Flag } from './flag.ts';

/** The help of the whole program. */
export function mainHelp(): string {
  const width = Math.max(...commands.map((command) => command.name.length));
  return [
    'Builds the image of a git checkout for every platform, tags it by rule and pushes it to every repository.',
    '',
    'usage: image-builder <command> [flags]',
    '',
    ...commands.map((command) => `  ${command.name.padEnd(width)}  ${command.summary}`),
    '',
    'image-builder <command> --help says more; --version prints the version.',
    'Start with "image-builder plan" in a git checkout: it shows what a build would do and does nothing.',
    '',
  ].join('\n');
}

/** The help of one command, wrapped to `columns`. */
export function commandHelp(command: Command, columns: number): string {
  const shown = command.flags.filter((flag) => flag.deployed !== true);
  const width = Math.max(...shown.map((flag) => spelling(flag).length)) + 2;
  const rows = shown.flatMap((flag) => row(spelling(flag).padEnd(width), flag.description, columns));
  const examples = command.examples.map((example) => `  ${example}`);
  return [
    `${capital(command.summary)}.`,
    '',
    `usage: image-builder ${command.name} ${command.usage}`,
    '',
    ...rows,
    '',
    ...examples,
    '',
  ].join('\n');
}

/** A flag as people type it. */
export function spelling(flag: Flag): string {
  return flag.value === undefined ? `--${flag.name}` : `--${flag.name} ${flag.value}`;
}

function row(head: string, text: string, columns: number): string[] {
  const room = Math.max(30, columns - head.length - 2);
  const lines: string[] = [''];
  for (const word of text.split(' ')) {
    const line = lines.at(-1) ?? '';
    if (line !== '' && line.length + 1 + word.length > room) lines.push(word);
    else lines[lines.length - 1] = line === '' ? word : `${line} ${word}`;
  }
  return lines.map((line, at) => `  ${at === 0 ? head : ' '.repeat(head.length)}${line}`);
}

function capital(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}
