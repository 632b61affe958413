import { azureCommand } from '../progress/index.ts';
import type { CommandRun } from './commands.ts';

/** Sets an output variable of an Azure DevOps job, with `--ado-state-output`; pipelines go on by it. */
export function setOutputVariable({ args, console }: CommandRun, name: string, value: string): void {
  if (!args.switches.get('ado-state-output')) return;
  console.stdout.write(`${azureCommand('task.setvariable', { variable: name, isOutput: 'true' }, value)}\n`);
}
