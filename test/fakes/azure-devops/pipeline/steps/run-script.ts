import { randomUUID } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { delimiter, join, resolve } from 'node:path';
import { expandMacros } from '../agent/macros.ts';
import { processLine } from '../commands/process-line.ts';
import type { ScriptStep } from '../model/pipeline.ts';
import type { JobRun } from '../runner/job-run.ts';
import { runProcess } from '../runner/processes.ts';
import type { StepRun } from '../runner/step-run.ts';

const defaultPath = '/usr/local/bin:/usr/bin:/bin';

/** `script`, as the task CmdLine does it on Linux: a file for bash, which says its exit code. */
export async function runScript(
  step: ScriptStep,
  { job, context, interrupted, abandoned }: StepRun,
): Promise<void> {
  const { folders, killed, environment } = job.parts;
  const { task } = context;
  const script = expandInput(step.script, job);
  task.print('Generating script.');
  if (!script.includes('\n') && !script.toUpperCase().includes('##VSO[')) {
    task.print('Script contents:');
    task.print(script);
  }
  task.print('========================== Starting Command Output ===========================');
  const file = join(folders.temporary, `${randomUUID()}.sh`);
  await writeFile(file, script);
  const args = ['--noprofile', '--norc', file];
  task.print(`[command]/usr/bin/bash ${args.join(' ')}`);
  let errors = false;
  const end = await runProcess({
    command: '/bin/bash',
    args,
    cwd: resolve(folders.sources, expandInput(step.workingDirectory ?? '', job)),
    env: environmentOf(step, job),
    onLine: (line, stream) => {
      errors ||= stream === 'stderr';
      processLine(line, context);
    },
    onStart: (group) => job.groups.push(group),
    interrupted,
    killed,
    abandoned,
    cancelSignal: environment.switches.cancelSignal,
    times: environment.times,
  });
  if (interrupted.aborted || killed.aborted || end.kind === 'abandoned') return;
  if (end.kind === 'exited' && end.code !== 0) failTask(task, `Bash exited with code '${end.code}'.`);
  if (end.kind === 'signalled' && environment.switches.signalledScript === 'failed')
    failTask(task, "Bash exited with code 'null'.");
  if (errors && step.failOnStderr)
    failTask(task, 'Bash wrote one or more lines to the standard error stream.');
  task.progress(100, '');
}

function failTask(task: StepRun['context']['task'], message: string): void {
  task.addIssue({ type: 'error', category: 'General', message, data: { type: 'error' } });
  task.merge('failed');
}

/** Both passes of the agent: the variables of the job, then the environment of its own process. */
export function expandInput(text: string, { parts }: JobRun): string {
  const first = expandMacros(text.trim(), parts.variables.get);
  return expandMacros(first, (name) => parts.agentEnv[name]);
}

function environmentOf(step: ScriptStep, job: JobRun): Record<string, string> {
  const { agentEnv, variables } = job.parts;
  const env: Record<string, string> = { ...agentEnv, TF_BUILD: 'True' };
  for (const [name, value] of variables.public()) env[environmentName(name)] = value;
  for (const [name, value] of Object.entries(step.env)) env[name.trim()] = expandInput(value, job);
  env.PATH = [...job.prependedPath.toReversed(), env.PATH ?? defaultPath].join(delimiter);
  return env;
}

function environmentName(name: string): string {
  return name.replace(/[. ]/g, '_').toUpperCase();
}
