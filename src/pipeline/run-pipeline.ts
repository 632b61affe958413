import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Clock, humanSeconds, ImageBuilderError, isFailure, reasonOf } from '../core/index.ts';
import type { BuildPlan } from '../plan/index.ts';
import type { EmitProgress } from '../progress/index.ts';
import type { BuildReport } from '../report/index.ts';
import { uniqueTagValues } from '../tags/index.ts';
import { buildIn } from './build-in.ts';
import { buildJob } from './build-job.ts';
import { withDeadline } from './deadline.ts';
import { makeReport } from './make-report.ts';
import type { Ports, Publication } from './ports.ts';
import { type RunRecord, startRecord } from './run-record.ts';
import { type StageClock, startStageClock } from './stage-clock.ts';
import { together } from './together.ts';

export interface PipelineInputs {
  readonly plan: BuildPlan;
  /** Absolute path of the checkout. */
  readonly root: string;
  readonly builder?: string | undefined;
  readonly ports: Ports;
  readonly emit: EmitProgress;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

export interface PipelineResult {
  /** Complete however the run ended. */
  readonly report: BuildReport;
  /** Why the run did not succeed. */
  readonly error?: ImageBuilderError;
}

/**
 * Carries a plan out: build, push everywhere by digest, then move the tags. Does not throw: a run that failed has a
 * report of the same shape, which says how far it came.
 */
export async function runPipeline(inputs: PipelineInputs): Promise<PipelineResult> {
  const stages = startStageClock(inputs.clock, inputs.emit);
  const record = startRecord(inputs.clock());
  const workFolder = await mkdtemp(join(tmpdir(), 'image-builder-'));
  let error: ImageBuilderError | undefined;
  try {
    await build({ ...inputs, stages, record, workFolder });
    await publish({ ...inputs, stages, record });
  } catch (thrown) {
    error = isFailure(thrown) ? thrown : unexpected(thrown);
  } finally {
    await rm(workFolder, { recursive: true, force: true });
  }
  const report = makeReport({ ...inputs, record, timings: stages.timings, error });
  return error === undefined ? { report } : { report, error };
}

interface Run extends PipelineInputs {
  readonly stages: StageClock;
  readonly record: RunRecord;
}

async function build(run: Run & { readonly workFolder: string }): Promise<void> {
  const { plan, ports, record, signal } = run;
  const title = `building ${plan.image.name} for ${plan.platforms.join(', ')}`;
  await run.stages.run('build', title, async () => {
    const repositories = plan.destinations.map(({ push }) => push);
    // That we may not push is better known now than after an hour of building.
    [record.outcome] = await together(
      signal,
      (shared) => buildIn(run.root, ports.build(buildJob(plan, run), shared)),
      (shared) => ports.checkPush(repositories, shared),
    );
    record.layout = await ports.readLayout(join(run.workFolder, 'image'));
  });
}

async function publish(run: Run): Promise<void> {
  const { plan, ports, record, signal, stages } = run;
  if (record.layout === undefined) return;
  const image: Publication = {
    layout: record.layout,
    repositories: plan.destinations.map(({ push }) => push),
  };
  const seconds = plan.timeouts.publish;
  await withDeadline({ signal, seconds, late: () => publishedTooSlowly(seconds) }, async (inTime) => {
    const publisher = ports.openPublisher(inTime);
    const count = image.repositories.length;
    const title = `pushing to ${count === 1 ? 'one repository' : `${count} repositories`}`;
    await stages.run('push', title, async () => {
      record.published = await publisher.publish(image);
    });
    const tags = uniqueTagValues(plan.tags);
    await stages.run('tag', `tagging ${tags.join(', ')}`, () => publisher.moveTags(image, tags));
    record.tagged = true;
  });
}

function publishedTooSlowly(seconds: number): ImageBuilderError {
  const message = `publishing took longer than ${humanSeconds(seconds)}`;
  const hint =
    'run it again: what is there is not sent again; the limit is publish-timeout in the configuration';
  return new ImageBuilderError('publish.incomplete', message, { failed: [], published: [] }, { hint });
}

function unexpected(cause: unknown): ImageBuilderError {
  return new ImageBuilderError('internal', reasonOf(cause), { where: 'pipeline' }, { cause });
}
