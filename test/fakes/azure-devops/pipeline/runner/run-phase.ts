import type { TimelineRecord } from '../../runs/timeline.ts';
import { expandMacros } from '../agent/macros.ts';
import { SecretMasker } from '../agent/secret-masker.ts';
import type { Job, Leg, Stage } from '../model/pipeline.ts';
import { PipelineError } from '../pipeline-error.ts';
import { type ConditionScope, graphFunctions, holds } from './conditions.ts';
import { jobVariablesOf, variablesValue } from './job-variables-of.ts';
import { legsOf } from './matrix.ts';
import {
  combined,
  dependenciesValue,
  type Outcome,
  type StageOutcome,
  stageDependenciesValue,
} from './outcome.ts';
import type { RunEnvironment } from './run-environment.ts';
import type { Before } from './run-graph.ts';
import { type JobEnd, runJob } from './run-job.ts';
import { Slots } from './slots.ts';

/** A job of the file, which the service calls a phase: with a matrix it is several on the agents. */
export interface PhaseOrder {
  readonly environment: RunEnvironment;
  readonly stage: Stage;
  readonly job: Job;
  readonly record: TimelineRecord;
  readonly before: Before<Outcome>;
  readonly stages: ReadonlyMap<string, StageOutcome>;
  readonly cancelled: AbortSignal;
}

export async function runPhase(order: PhaseOrder): Promise<Outcome> {
  const { environment, job, record } = order;
  const { timeline } = environment.run;
  try {
    if (!holds(job.condition, conditionScope(order))) return skip(order);
    const legs = legsOf(job.matrix, conditionScope(order));
    timeline.start(record);
    const slots = new Slots(job.maxParallel || Number.POSITIVE_INFINITY);
    const ends = await Promise.all(
      [...legs].map(([leg, values], index) => runLeg(order, { leg, values, index, slots })),
    );
    const result = combined(ends.map((end) => end.result));
    timeline.finish(record, result);
    return { result, outputs: outputsOf(ends, environment) };
  } catch (error) {
    if (!(error instanceof PipelineError)) throw error;
    return failPhase(order, error.message);
  }
}

function skip({ environment, record }: PhaseOrder): Outcome {
  environment.run.timeline.finish(record, 'skipped');
  return { result: 'skipped', outputs: new Map() };
}

function failPhase({ environment, record }: PhaseOrder, message: string): Outcome {
  const issue = { type: 'error', category: null, message, data: {} } as const;
  const { timeline } = environment.run;
  timeline.change(record, { issues: [...record.issues, issue], errorCount: record.errorCount + 1 });
  timeline.finish(record, 'failed');
  return { result: 'failed', outputs: new Map() };
}

function conditionScope(order: PhaseOrder): ConditionScope {
  const functions = graphFunctions({ ancestors: order.before.all, canceled: order.cancelled.aborted });
  const names = {
    dependencies: dependenciesValue(order.before.direct),
    stageDependencies: stageDependenciesValue(order.stages),
  };
  const variables = variablesOf(order, {}, { names: { ...names, variables: null }, functions });
  return { functions, names: { ...names, variables: variablesValue(variables) } };
}

function variablesOf(order: PhaseOrder, leg: Leg, scope: ConditionScope, masker = new SecretMasker()) {
  const { environment, stage, job } = order;
  const entries = [...environment.pipeline.variables, ...stage.variables, ...job.variables];
  return jobVariablesOf({ environment, entries, leg, scope, masker });
}

interface LegOrder {
  readonly leg: string | undefined;
  readonly values: Leg;
  readonly index: number;
  readonly slots: Slots;
}

interface LegEnd extends JobEnd {
  readonly leg: string | undefined;
}

async function runLeg(order: PhaseOrder, { leg, values, index, slots }: LegOrder): Promise<LegEnd> {
  const { environment, stage, job } = order;
  const { timeline } = environment.run;
  const cancelled = laterCancel(order);
  const record = timeline.add({
    type: 'Job',
    name: leg === undefined ? job.displayName : `${job.displayName} ${leg}`,
    parentId: order.record.id,
    refName: leg ?? '__default',
    identifier: `${stage.name}.${job.name}.${leg ?? '__default'}`,
    order: index + 1,
  });
  const masker = new SecretMasker();
  const variables = variablesOf(order, values, conditionScope(order), masker);
  const poolName = expandMacros(job.pool ?? '', variables.get);
  const pool = environment.pools.get(poolName);
  if (pool === undefined) {
    failPhase({ ...order, record }, unknownPool(poolName));
    return { leg, result: 'failed', outputs: new Map() };
  }
  const waits = [slots, pool.slots, environment.slots];
  const given = await takeAll(waits, AbortSignal.any([cancelled, environment.closing]));
  const end = await (given === undefined
    ? cancelWaiting(order, record)
    : runJob({ environment, stage, job, leg, record, variables, masker, poolName, pool, cancelled }));
  for (const release of given ?? []) release();
  return { leg, ...end };
}

/** A job that runs although the run is cancelled already, as its condition says, is not cancelled by that. */
function laterCancel({ cancelled, environment }: PhaseOrder): AbortSignal {
  return cancelled.aborted ? environment.closing : cancelled;
}

async function takeAll(slots: readonly Slots[], signal: AbortSignal): Promise<(() => void)[] | undefined> {
  const given: (() => void)[] = [];
  for (const slot of slots) {
    const release = await slot.take(signal);
    if (release !== undefined) given.push(release);
    else {
      for (const one of given) one();
      return undefined;
    }
  }
  return given;
}

function cancelWaiting({ environment }: PhaseOrder, record: TimelineRecord): JobEnd {
  environment.run.timeline.finish(record, 'canceled');
  return { result: 'canceled', outputs: new Map() };
}

function unknownPool(name: string): string {
  return (
    `Could not find a pool with name ${name}. The pool does not exist or has not been authorized for use. ` +
    'For authorization details, refer to https://aka.ms/yamlauthz.'
  );
}

function outputsOf(ends: readonly LegEnd[], { switches }: RunEnvironment): ReadonlyMap<string, string> {
  return new Map(
    ends.flatMap(({ leg, outputs }) =>
      [...outputs].map(([name, value]): [string, string] => [
        leg === undefined || switches.legOutputs === 'none' ? name : `${leg}.${name}`,
        value,
      ]),
    ),
  );
}
