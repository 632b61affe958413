import { mkdir, mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import type { TaskResult, TimelineRecord } from '../../runs/timeline.ts';
import type { JobVariables } from '../agent/job-variables.ts';
import { RecordLog } from '../agent/record-log.ts';
import type { SecretMasker } from '../agent/secret-masker.ts';
import { TaskRecord } from '../agent/task-record.ts';
import type { Job } from '../model/pipeline.ts';
import { agentVariables } from './agent-variables.ts';
import { JobClock } from './job-clock.ts';
import { type JobFolders, JobRun } from './job-run.ts';
import { signalGroup } from './processes.ts';
import type { Pool, RunEnvironment } from './run-environment.ts';
import { runStep } from './step-run.ts';
import { taskKinds } from './task-kinds.ts';

/** A job that waits for an agent. */
export interface JobOrder {
  readonly environment: RunEnvironment;
  readonly stage: { readonly name: string; readonly displayName: string };
  readonly job: Job;
  readonly leg: string | undefined;
  readonly record: TimelineRecord;
  readonly variables: JobVariables;
  readonly masker: SecretMasker;
  readonly poolName: string;
  readonly pool: Pool;
  readonly cancelled: AbortSignal;
}

export interface JobEnd {
  readonly result: TaskResult;
  readonly outputs: ReadonlyMap<string, string>;
}

/** Runs the steps of a job on the agent that it was given, and closes its record. */
export async function runJob(order: JobOrder): Promise<JobEnd> {
  const { environment, job, record, masker } = order;
  const { run } = environment;
  const clock = new JobClock(order);
  const keeping = {
    logs: run.logs,
    timeline: run.timeline,
    clock: environment.clock,
    longLogs: environment.switches.longLogs,
    pageBytes: environment.pageBytes,
  };
  const log = new RecordLog(keeping, record);
  const task = new TaskRecord({ record, timeline: run.timeline, log, mask: masker.mask });
  const workerName = `${order.poolName} 1`;
  run.timeline.start(record, workerName);
  clock.onTimeout(() => task.fail(timeoutMessage(workerName, job)));
  const folders = await makeFolders(order);
  const jobRun = new JobRun({
    environment,
    identifier: [order.stage.name, job.name, ...(order.leg === undefined ? [] : [order.leg])].join('.'),
    workerName,
    agentEnv: order.pool.env,
    folders,
    variables: order.variables,
    masker,
    task,
    keeping,
    cancelled: clock.cancelled,
    killed: clock.killed,
  });
  for (const [name, value] of agentVariables(order, { workerName, folders }))
    order.variables.set({ name, value, readonly: true });
  await runSteps(job, jobRun);
  clock.stop();
  for (const group of jobRun.groups) signalGroup(group, 'SIGKILL');
  return close(jobRun, order, clock.isTimedOut);
}

async function runSteps(job: Job, jobRun: JobRun): Promise<void> {
  runAgentTask('Initialize job', jobRun);
  const { timeline } = jobRun.parts.environment.run;
  const records = job.steps.map((step) =>
    timeline.add({
      type: 'Task',
      name: step.displayName,
      parentId: jobRun.parts.task.record.id,
      refName: step.name,
      identifier: `${jobRun.parts.identifier}.${step.name}`,
      order: jobRun.nextOrder(),
      task: taskKinds[step.kind],
    }),
  );
  for (const [index, step] of job.steps.entries()) {
    const record = records[index];
    if (record === undefined) continue;
    if (jobRun.parts.killed.aborted) timeline.finish(record, 'canceled');
    else await runStep(step, record, jobRun);
  }
  runAgentTask('Finalize Job', jobRun);
}

/** What the agent itself does before and after the steps. */
function runAgentTask(name: 'Initialize job' | 'Finalize Job', jobRun: JobRun): void {
  const { environment, task: jobTask, masker, keeping, workerName } = jobRun.parts;
  const { timeline } = environment.run;
  const record = timeline.add({
    type: 'Task',
    name,
    parentId: jobTask.record.id,
    refName: name === 'Initialize job' ? 'JobExtension_Init' : 'JobExtension_Final',
    order: jobRun.nextOrder(),
  });
  const log = new RecordLog(keeping, record, jobTask.log);
  const task = new TaskRecord({ record, timeline, log, mask: masker.mask });
  timeline.start(record, workerName);
  task.print(`##[section]Starting: ${name}`);
  task.print(name === 'Initialize job' ? `Agent name: '${workerName}'` : 'Cleaning up task key');
  task.print(`##[section]Finishing: ${name}`);
  log.end();
  timeline.finish(record, 'succeeded');
}

function close(jobRun: JobRun, { job, record, environment }: JobOrder, timedOut: boolean): JobEnd {
  const { task, cancelled } = jobRun.parts;
  if (cancelled.aborted) jobRun.cancel();
  const ended = timedOut ? environment.switches.timedOutJob : jobRun.result;
  const result = ended === 'failed' && job.continueOnError ? 'succeededWithIssues' : ended;
  task.log.end();
  environment.run.timeline.finish(record, result);
  return { result, outputs: jobRun.outputs };
}

async function makeFolders({ environment, pool }: JobOrder): Promise<JobFolders> {
  const root = pool.directory ?? environment.directory;
  await mkdir(root, { recursive: true });
  const work = await mkdtemp(join(root, 'agent-'));
  environment.folders.add(work);
  const workspace = join(work, '1');
  const folders = { workspace, sources: join(workspace, 's'), temporary: join(work, '_temp') };
  for (const folder of [folders.sources, folders.temporary, join(workspace, 'a'), join(workspace, 'b')])
    await mkdir(folder, { recursive: true });
  return folders;
}

function timeoutMessage(workerName: string, { timeoutInMinutes }: Job): string {
  return (
    `The job running on agent ${workerName} ran longer than the maximum time of ${timeoutInMinutes} minutes. ` +
    'For more information, see https://go.microsoft.com/fwlink/?linkid=2077134'
  );
}
