import { buildCommands } from './build-commands.ts';
import { type Command, CommandFault } from './command.ts';
import { type LoggingCommand, parseLoggingCommand } from './logging-command.ts';
import type { StepContext } from './step-context.ts';
import { taskCommands } from './task-commands.ts';

const areas: Readonly<Record<string, Readonly<Record<string, Command>>>> = {
  task: taskCommands,
  build: buildCommands,
};

const help = 'Please reference documentation (http://go.microsoft.com/fwlink/?LinkId=817296)';

/** Carries out the command in a line of output, or prints the line. */
export function processLine(line: string, step: StepContext): void {
  const command = parseLoggingCommand(line);
  if (command !== undefined) return void carryOut(command, line, step);
  if (line.includes('##vso'))
    step.task.warn(
      `'${line}' contains logging command keyword '##vso', but it's not a legal command. Please see the list of ` +
        'accepted commands: https://go.microsoft.com/fwlink/?LinkId=817296',
    );
  step.task.print(line);
}

function carryOut(command: LoggingCommand, line: string, step: StepContext): void {
  const area = areas[command.area.toLowerCase()];
  if (area === undefined)
    return void step.task.warn(`Cannot find command extension for ##vso[${command.area}.command]. ${help}`);
  try {
    const found = area[command.event.toLowerCase()];
    if (found === undefined) throw new CommandFault(unknownCommand(command));
    if (step.restrictions.commands === 'restricted' && !found.allowedInRestrictedMode)
      return void step.task.warn(
        `##vso[${command.area}.${command.event}] is not allowed in this step due to policy restrictions. ${help}`,
      );
    found.carryOut(step, command);
  } catch (error) {
    if (!(error instanceof CommandFault)) throw error;
    step.task.fail(`Unable to process command '${line}' successfully. ${help}`);
    step.task.fail(error.message);
    step.task.merge('failed');
  }
}

function unknownCommand({ area, event }: LoggingCommand): string {
  return `##vso[${area.toLowerCase()}.${event}] is not a recognized command for ${area} command extension. ${help}.`;
}
