import { rm } from 'node:fs/promises';
import { ImageBuilderError, isFailure, reasonOf } from '../core/index.ts';
import type { BuildReport } from '../report/index.ts';
import { checkUsedBases } from './check-bases.ts';
import { keepCaches } from './keep-caches.ts';
import { keptImages } from './kept-images.ts';
import { makeReport } from './make-report.ts';
import { obtainImage } from './obtain-image.ts';
import { makeWorkFolder, ownFolder } from './own-folder.ts';
import { publishImage, pushOnly } from './publish-image.ts';
import { confirmInputs } from './reuse/confirm-inputs.ts';
import { type HandedReuse, handReuseOn } from './reuse/handed-reuse.ts';
import { lookForImage } from './reuse/look-for-image.ts';
import type { PipelineInputs, Run } from './run.ts';
import { startRecord } from './run-record.ts';
import { startStageClock } from './stage-clock.ts';

export interface PipelineResult {
  /** Complete however the run ended. */
  readonly report: BuildReport;
  /** Why the run did not succeed. */
  readonly error?: ImageBuilderError;
}

/**
 * Carries a plan out: build, or take the image of an earlier build, see that policy allows what went in, push
 * everywhere by digest, sign, then move the tags.
 * Does not throw: a run that failed has a report of the same shape, which says how far it came.
 */
export async function runPipeline(inputs: PipelineInputs): Promise<PipelineResult> {
  return runStages(inputs, async (run) => {
    await checkSigners(run);
    if (!(await lookForImage(run))) await buildImage(run);
    await publishImage(run);
    await forgetImage(run);
  });
}

export interface BuildStageResult extends PipelineResult {
  /** For the stage that publishes; absent where no earlier image was to be reused. */
  readonly reuse?: HandedReuse;
}

/**
 * The first part of it: finds an earlier image, or builds and pushes one by digest. Whoever runs it needs no key, and can
 * move no tag.
 */
export async function buildAndPush(inputs: PipelineInputs): Promise<BuildStageResult> {
  let reuse: HandedReuse | undefined;
  const stages: Stages = async (run) => {
    if (!(await lookForImage(run))) {
      await buildImage(run);
      await pushOnly(run);
    }
    reuse = handReuseOn(run.record.reuse);
  };
  // A checkout that was fetched for this run alone is another one in the next: nothing kept would be found again.
  const result = await runStages(inputs, stages, { keeps: false });
  return reuse === undefined ? result : { ...result, reuse };
}

/** An image that policy allows, and what is known of its inputs. */
async function buildImage(run: Run): Promise<void> {
  await obtainImage(run);
  await checkUsedBases(run);
  await confirmInputs(run);
}

type Stages = (run: Run) => Promise<void>;

async function runStages(
  inputs: PipelineInputs,
  carryOut: Stages,
  { keeps = true }: { readonly keeps?: boolean } = {},
): Promise<PipelineResult> {
  const { root, clock, temporaryFolder } = inputs;
  const stages = startStageClock(clock, inputs.emit);
  const record = startRecord(clock());
  const own = await ownFolder(temporaryFolder, clock);
  const kept = keptImages({ folder: keeps ? own : undefined, root, clock });
  const workFolder = await makeWorkFolder(own, temporaryFolder);
  const run = { ...inputs, stages, record, kept, workFolder };
  const error = await failureOf(run, carryOut);
  inputs.later(async () => {
    if (error === undefined) await keepCaches(run);
    await rm(workFolder, { recursive: true, force: true });
  });
  const report = makeReport({ ...inputs, record, timings: stages.timings, error });
  return error === undefined ? { report } : { report, error };
}

async function failureOf(run: Run, carryOut: Stages): Promise<ImageBuilderError | undefined> {
  try {
    await carryOut(run);
    return undefined;
  } catch (thrown) {
    await keepImage(run);
    return isFailure(thrown) ? thrown : unexpected(thrown);
  }
}

/** Before anything is built: what cannot be signed in the end must not cost a build first. */
async function checkSigners({ plan, ports, signal }: Run): Promise<void> {
  const repositories = plan.destinations.map(({ push }) => push);
  if (plan.signing.kind === 'signed-by') await ports.checkSigners(repositories, signal);
}

/** What was built and not published: the next run goes on with it. That it cannot be kept is no fault of the build. */
async function keepImage({ kept, plan, record, emit }: Run): Promise<void> {
  if (record.image === undefined || record.image.resumed) return;
  try {
    await kept.keep(plan, record.image.directory);
  } catch (error) {
    emit({
      kind: 'notice',
      level: 'debug',
      message: `the image is not kept for another run: ${reasonOf(error)}`,
    });
  }
}

async function forgetImage({ kept, record }: Run): Promise<void> {
  if (record.image?.resumed) await kept.drop(record.image.directory);
}

function unexpected(cause: unknown): ImageBuilderError {
  return new ImageBuilderError('internal', reasonOf(cause), { where: 'pipeline' }, { cause });
}
