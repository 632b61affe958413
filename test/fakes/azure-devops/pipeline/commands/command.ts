import type { LoggingCommand } from './logging-command.ts';
import type { StepContext } from './step-context.ts';

export interface Command {
  readonly allowedInRestrictedMode: boolean;
  readonly carryOut: (step: StepContext, command: LoggingCommand) => void;
}

/** A command that cannot be carried out, which fails the step. */
export class CommandFault extends Error {}
