import type { CommandRun } from './commands.ts';

/** Prints warnings on stderr, for commands that have no live display. */
export function warn({ console }: Pick<CommandRun, 'console'>, warnings: readonly string[]): void {
  for (const warning of warnings) console.stderr.write(`warning: ${warning}\n`);
}
