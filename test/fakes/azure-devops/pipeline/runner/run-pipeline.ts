import { setTimeout as sleep } from 'node:timers/promises';
import { buildResult } from '../../runs/run.ts';
import type { TimelineRecord } from '../../runs/timeline.ts';
import { SecretMasker } from '../agent/secret-masker.ts';
import type { Stage } from '../model/pipeline.ts';
import { PipelineError } from '../pipeline-error.ts';
import { graphFunctions, holds } from './conditions.ts';
import { jobVariablesOf, variablesValue } from './job-variables-of.ts';
import { combined, dependenciesValue, type Outcome, type StageOutcome } from './outcome.ts';
import type { RunEnvironment } from './run-environment.ts';
import { type Before, runGraph } from './run-graph.ts';
import { runPhase } from './run-phase.ts';

/** Runs a pipeline from its queue to its end; the state of the run tells how far it is. */
export async function runPipeline(environment: RunEnvironment): Promise<void> {
  const { run, pipeline, times, closing } = environment;
  const waiting = AbortSignal.any([closing, run.cancelled]);
  await sleep(times.queue, undefined, { signal: waiting }).catch(() => undefined);
  if (run.cancelled.aborted || closing.aborted) return run.finish('canceled');
  run.start();
  const records = new Map(
    pipeline.stages.map((stage, index) => [stage, recordsOf(stage, index, environment)]),
  );
  const outcomes = await runGraph(pipeline.stages, (stage, before: Before<StageOutcome>) => {
    const made = records.get(stage);
    if (made === undefined) throw new Error(`no records for stage "${stage.name}"`);
    return runStage(environment, { stage, before, ...made });
  });
  const results = [...outcomes.values()].map(({ result }) => result);
  const finished = buildResult(results);
  run.finish(run.cancelled.aborted && finished !== 'failed' ? 'canceled' : finished);
}

interface StageRecords {
  readonly record: TimelineRecord;
  readonly phases: ReadonlyMap<string, TimelineRecord>;
}

/** All stages and phases are there from the beginning, pending. */
function recordsOf(stage: Stage, index: number, { run }: RunEnvironment): StageRecords {
  const record = run.timeline.add({
    type: 'Stage',
    name: stage.displayName,
    refName: stage.name,
    identifier: stage.name,
    order: index + 1,
  });
  const phases = stage.jobs.map((job, order) => {
    const phase = run.timeline.add({
      type: 'Phase',
      name: job.displayName,
      parentId: record.id,
      refName: job.name,
      identifier: `${stage.name}.${job.name}`,
      order: order + 1,
    });
    return [job.name, phase] as const;
  });
  return { record, phases: new Map(phases) };
}

interface StageOrder extends StageRecords {
  readonly stage: Stage;
  readonly before: Before<StageOutcome>;
}

async function runStage(environment: RunEnvironment, order: StageOrder): Promise<StageOutcome> {
  const { stage, before, record, phases } = order;
  const { run } = environment;
  const cancelled = run.stageCancelled(stage.name);
  if (run.request.stagesToSkip.includes(stage.name))
    return { ...leaveOut(environment, order, 'skipped'), leftOut: true };
  const verdict = environment.closing.aborted ? 'skipped' : verdictOn(environment, order, cancelled);
  if (verdict !== 'run') return leaveOut(environment, order, verdict);
  run.timeline.start(record);
  const jobs = await runGraph(stage.jobs, (job, jobsBefore: Before<Outcome>) => {
    const phase = phases.get(job.name);
    if (phase === undefined) throw new Error(`no record for job "${job.name}"`);
    const stages = before.direct;
    return runPhase({ environment, stage, job, record: phase, before: jobsBefore, stages, cancelled });
  });
  const result = combined([...jobs.values()].map((job) => job.result));
  run.timeline.finish(record, result);
  const outputs = [...jobs].flatMap(([job, outcome]) =>
    [...outcome.outputs].map(([name, value]): [string, string] => [`${job}.${name}`, value]),
  );
  return { result, outputs: new Map(outputs), jobs };
}

function verdictOn(
  environment: RunEnvironment,
  order: StageOrder,
  cancelled: AbortSignal,
): 'run' | 'skipped' | 'failed' {
  const { stage, before, record } = order;
  const functions = graphFunctions({ ancestors: before.all, canceled: cancelled.aborted });
  const names = { dependencies: dependenciesValue(before.direct), stageDependencies: null, variables: null };
  const entries = [...environment.pipeline.variables, ...stage.variables];
  const masker = new SecretMasker();
  try {
    const variables = jobVariablesOf({ environment, entries, leg: {}, scope: { names, functions }, masker });
    const known = { ...names, variables: variablesValue(variables) };
    return holds(stage.condition, { names: known, functions }) ? 'run' : 'skipped';
  } catch (error) {
    if (!(error instanceof PipelineError)) throw error;
    const issue = { type: 'error', category: null, message: error.message, data: {} } as const;
    environment.run.timeline.change(record, { issues: [issue], errorCount: 1 });
    return 'failed';
  }
}

function leaveOut(
  { run }: RunEnvironment,
  { record, phases }: StageOrder,
  result: 'skipped' | 'failed',
): StageOutcome {
  for (const phase of phases.values()) run.timeline.finish(phase, 'skipped');
  run.timeline.finish(record, result);
  return { result, outputs: new Map(), jobs: new Map() };
}
