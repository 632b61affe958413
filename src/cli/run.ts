import { ImageBuilderError, nearest } from '../core/index.ts';
import { type Command, commands } from './commands.ts';
import type { Console } from './console.ts';
import { commandHelp, mainHelp } from './help.ts';
import { parseArguments } from './parse-arguments.ts';
import { shortened } from './shortened.ts';

const narrowest = 60;
const widest = 120;

/**
 * Runs one command line and resolves with the exit code. Without a command the flags are those of `build`, as
 * deployed callers have them. Errors are thrown, not printed.
 */
export async function run(args: readonly string[], console: Console, signal: AbortSignal): Promise<number> {
  const [first = ''] = args;
  if (args.length === 0 || ['help', '--help', '-help', '-h'].includes(first))
    return printHelp(args[1], console);
  const named = commands.find((command) => command.name === first);
  if (named === undefined && !first.startsWith('-')) throw unknownCommand(first);
  const command = named ?? commandNamed('build');
  const parsed = parseArguments(named === undefined ? args : args.slice(1), command.flags);
  if (parsed.switches.get('help')) return printHelp(command.name, console);
  refuseStray(parsed.positionals, command);
  return command.run({ args: parsed, console, signal });
}

function refuseStray(positionals: readonly string[], command: Command): void {
  const stray = positionals[command.positionals];
  if (stray === undefined) return;
  const hint = `image-builder ${command.name} ${command.usage}`;
  throw new ImageBuilderError(
    'usage.invalid',
    `unexpected argument "${shortened(stray)}"`,
    { argument: shortened(stray) },
    { hint },
  );
}

function printHelp(name: string | undefined, { stdout }: Console): number {
  const columns = Math.min(widest, Math.max(narrowest, stdout.columns ?? widest));
  stdout.write(
    name === undefined || name.startsWith('-') ? mainHelp() : commandHelp(commandNamed(name), columns),
  );
  return 0;
}

function commandNamed(name: string): Command {
  const command = commands.find((each) => each.name === name);
  if (command === undefined) throw unknownCommand(name);
  return command;
}

function unknownCommand(name: string): ImageBuilderError {
  const names = commands.map((command) => command.name);
  const near = nearest(name, names);
  const hint = near === undefined ? `known commands: ${names.join(', ')}` : `did you mean "${near}"?`;
  const argument = shortened(name);
  return new ImageBuilderError('usage.invalid', `unknown command "${argument}"`, { argument }, { hint });
}
