import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import type { TimelineRecord } from '../../runs/timeline.ts';
import { RecordLog } from '../agent/record-log.ts';
import { TaskRecord } from '../agent/task-record.ts';
import { CommandFault } from '../commands/command.ts';
import type { StepContext } from '../commands/step-context.ts';
import type { Step } from '../model/pipeline.ts';
import { runDownload, runPublish } from '../steps/artifact-steps.ts';
import { runScript } from '../steps/run-script.ts';
import { holds, stepFunctions } from './conditions.ts';
import type { JobRun } from './job-run.ts';
import { variablesValue } from './job-variables-of.ts';
import { taskHeaders } from './task-kinds.ts';

/** A step while it runs. */
export interface StepRun {
  readonly job: JobRun;
  readonly context: StepContext;
  /** Aborts when the step is to end early. */
  readonly interrupted: AbortSignal;
  /** Aborts when nobody waits for its process any more. */
  readonly abandoned: AbortSignal;
}

/** Runs one step of a job if its condition says so, and closes its record. */
export async function runStep(step: Step, record: TimelineRecord, job: JobRun): Promise<void> {
  const { parts } = job;
  const { timeline } = parts.environment.run;
  const log = new RecordLog(parts.keeping, record, parts.task.log);
  const task = new TaskRecord({ record, timeline, log, mask: parts.masker.mask });
  timeline.start(record, parts.workerName);
  if (parts.cancelled.aborted) job.cancel();
  if (!conditionHolds(step, job)) {
    task.print('Skipping step due to condition evaluation.');
    timeline.change(record, { resultCode: 'Skipping step due to condition evaluation.' });
    task.overrule('skipped');
  } else {
    task.print(`##[section]Starting: ${step.displayName}`);
    await carryOut(step, task, job);
    if (task.result === 'failed' && step.continueOnError) task.overrule('succeededWithIssues');
    job.merge(task.result ?? 'succeeded');
    task.print(`##[section]Finishing: ${step.displayName}`);
  }
  log.end();
  timeline.finish(record, task.result ?? 'succeeded');
}

function conditionHolds(step: Step, job: JobRun): boolean {
  const names = { variables: variablesValue(job.parts.variables) };
  return holds(step.condition, { names, functions: stepFunctions(job.result) });
}

async function carryOut(step: Step, task: TaskRecord, job: JobRun): Promise<void> {
  const { cancelled, killed, environment } = job.parts;
  const interrupt = new AbortController();
  const onCancel = () => {
    job.cancel();
    if (conditionHolds(step, job)) return;
    task.fail('The Operation will be canceled. The next steps may not contain expected logs.');
    task.overrule('canceled');
    interrupt.abort();
  };
  const onTimeout = () => {
    task.fail('The task has timed out.');
    task.overrule('failed');
    interrupt.abort();
  };
  const timeout = step.timeoutInMinutes * environment.times.minute;
  const timer = timeout > 0 ? setTimeout(onTimeout, timeout) : undefined;
  if (!cancelled.aborted) cancelled.addEventListener('abort', onCancel);
  const abandon = new AbortController();
  let leave: NodeJS.Timeout | undefined;
  const complete = () => {
    leave ??= setTimeout(() => abandon.abort(), environment.times.forceComplete);
  };
  const context = contextOf(step, task, { job, complete });
  try {
    for (const line of taskHeaders[step.kind]) task.print(line);
    await run(step, { job, context, interrupted: interrupt.signal, abandoned: abandon.signal });
    if (killed.aborted) task.overrule('canceled');
  } finally {
    clearTimeout(timer);
    clearTimeout(leave);
    cancelled.removeEventListener('abort', onCancel);
  }
}

function run(step: Step, stepRun: StepRun): Promise<void> {
  if (step.kind === 'script') return runScript(step, stepRun);
  return step.kind === 'publish' ? runPublish(step, stepRun) : runDownload(step, stepRun);
}

function contextOf(
  step: Step,
  task: TaskRecord,
  { job, complete }: { readonly job: JobRun; readonly complete: () => void },
): StepContext {
  const { variables, masker, environment } = job.parts;
  const { run, switches } = environment;
  return {
    name: step.name,
    task,
    variables,
    masker,
    restrictions: step.restrictions,
    setOutput: (name, value) => job.outputs.set(`${step.name}.${name}`, value),
    prependPath: (directory) => job.prependedPath.push(directory),
    attach: (type, path) => {
      try {
        const content = readFileSync(path);
        run.attachments.push({ recordId: task.record.id, type, name: basename(path), content });
      } catch {
        throw new CommandFault(
          'Cannot upload task attachment file, attachment file location is not specified or attachment file not exist on disk',
        );
      }
    },
    run: {
      addTag: (tag) => run.tags.add(tag),
      rename: (name) => {
        run.name = name;
      },
    },
    details: () => {
      if (switches.logDetail === 'main-timeline') return { timeline: run.timeline, parent: task.record.id };
      const timeline = task.record.details ?? run.timeline.below();
      run.timeline.change(task.record, { details: timeline });
      return { timeline, parent: null };
    },
    complete,
  };
}
