import type { Issue, TaskResult } from '../../runs/timeline.ts';
import { type Command, CommandFault } from './command.ts';
import { logDetail } from './log-detail.ts';
import type { LoggingCommand } from './logging-command.ts';
import { maySet } from './settable-variable.ts';
import type { StepContext } from './step-context.ts';

type CarryOut = Command['carryOut'];

const restricted = (carryOut: CarryOut): Command => ({ allowedInRestrictedMode: true, carryOut });
const unrestricted = (carryOut: CarryOut): Command => ({ allowedInRestrictedMode: false, carryOut });

/** `##vso[task.…]`, after the agent's `TaskCommandExtension`; what it allows in restricted mode is its own list. */
export const taskCommands: Readonly<Record<string, Command>> = {
  setvariable: restricted(setVariable),
  setsecret: restricted(({ masker }, { data }) => {
    if (data !== '') masker.add(data);
  }),
  logissue: restricted(logIssue),
  issue: restricted(logIssue),
  complete: restricted(complete),
  setprogress: restricted(({ task }, { properties, data }) =>
    task.progress(percent(properties.get('value')), data),
  ),
  logdetail: restricted(logDetail),
  prependpath: restricted((step, { data }) => {
    if (!maySet('PATH', step)) return;
    if (data === '') throw new CommandFault("Value cannot be null. (Parameter 'prependpath')");
    step.prependPath(data);
  }),
  debug: restricted((step, { data }) => {
    if (step.variables.get('system.debug')?.toLowerCase() === 'true') step.task.print(`##[debug]${data}`);
  }),
  uploadsummary: unrestricted((step, { data }) => attach(step, 'Distributedtask.Core.Summary', data)),
  uploadfile: unrestricted((step, { data }) => attach(step, 'Distributedtask.Core.FileAttachment', data)),
  addattachment: unrestricted((step, { properties, data }) => attach(step, needs(properties, 'type'), data)),
};

function needs(properties: LoggingCommand['properties'], name: string): string {
  const value = properties.get(name);
  if (value === undefined || value === '')
    throw new CommandFault(`Required field '${name}' is missing in the command.`);
  return value;
}

function isTrue(text: string | undefined): boolean {
  return text?.trim().toLowerCase() === 'true';
}

function setVariable(step: StepContext, { properties, data }: LoggingCommand): void {
  const name = needs(properties, 'variable');
  const secret = isTrue(properties.get('issecret'));
  const output = isTrue(properties.get('isoutput'));
  if (step.variables.isReadonly(name))
    throw new CommandFault(`Overwriting readonly variable '${name}' is not permitted.`);
  if (secret && data.includes('\n')) throw new CommandFault('Secrets cannot contain multiple lines');
  if (secret) step.masker.add(data);
  if (!maySet(name, step)) return;
  const readonly = output || isTrue(properties.get('isreadonly'));
  step.variables.set({ name: output ? `${step.name}.${name}` : name, value: data, secret, readonly });
  if (output) step.setOutput(name, data);
}

const issueTypes: Readonly<Record<string, Issue['type']>> = { error: 'error', warning: 'warning' };

function logIssue({ task }: StepContext, { properties, data }: LoggingCommand): void {
  const told = properties.get('type');
  if (told === undefined) return void task.warn("Can't create TaskIssue from logging event.");
  const type = issueTypes[told.toLowerCase()];
  if (type === undefined) throw new CommandFault(`issue type ${told} is not an expected issue type.`);
  const at = (name: string) => properties.get(name) ?? '';
  const path = properties.get('sourcepath');
  const message =
    path === undefined
      ? data
      : `${path}(${at('linenumber')},${at('columnnumber')}): ${told} ${at('code')}: ${data}`;
  const category = path === undefined ? 'General' : 'Code';
  task.addIssue({ type, category, message, data: Object.fromEntries(properties) });
}

const results: Readonly<Record<string, TaskResult>> = {
  Succeeded: 'succeeded',
  SucceededWithIssues: 'succeededWithIssues',
  Failed: 'failed',
  Canceled: 'canceled',
  Skipped: 'skipped',
  Abandoned: 'abandoned',
};

function complete(step: StepContext, { properties, data }: LoggingCommand): void {
  const result = results[properties.get('result') ?? ''];
  if (result === undefined) throw new CommandFault("Command doesn't have valid result value.");
  step.task.merge(result);
  step.task.progress(100, data);
  if (isTrue(properties.get('done'))) step.complete();
}

function percent(text: string | undefined): number {
  return /^-?\d+$/.test(text ?? '') ? Math.min(Math.max(Number(text), 0), 100) : 0;
}

function attach(step: StepContext, type: string, path: string): void {
  if (path === '')
    throw new CommandFault('Cannot upload attachment file, attachment file location is not specified.');
  step.attach(type, path);
}
