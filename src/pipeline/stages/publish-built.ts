import { type Clock, ImageBuilderError, isFailure, reasonOf } from '../../core/index.ts';
import type { BuildPlan } from '../../plan/index.ts';
import type { EmitProgress } from '../../progress/index.ts';
import { makeReport } from '../make-report.ts';
import type { Ports, PushedImage } from '../ports.ts';
import { inPublishTime, pushImage, signAndTag } from '../publish-image.ts';
import { keepFingerprint } from '../reuse/keep-fingerprint.ts';
import type { PipelineResult } from '../run-pipeline.ts';
import { startRecord } from '../run-record.ts';
import { startStageClock } from '../stage-clock.ts';
import { type BuiltPart, refusedPart } from './built-part.ts';
import { type HeldPorts, heldImage } from './held-image.ts';
import { joinedReport } from './joined-report.ts';
import { judgeReuse } from './judge-reuse.ts';

export interface PublishInputs {
  readonly plan: BuildPlan;
  /** Of every node that built. Their digests are looked up, nothing else of them decides. */
  readonly built: readonly BuiltPart[];
  readonly ports: HeldPorts & Pick<Ports, 'checkSigners' | 'openPublisher' | 'openEarlierImages'>;
  readonly emit: EmitProgress;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/**
 * Has an image signed that another stage built and pushed, or found, and moves its tags. Nothing of the caller's runs
 * here. Does not throw; the report is that of the whole build.
 */
export async function publishBuilt(inputs: PublishInputs): Promise<PipelineResult> {
  const { plan, built, ports, emit, clock, signal } = inputs;
  const stages = startStageClock(clock, emit);
  const record = startRecord(clock());
  const run = { plan, record, stages, ports, emit, clock };
  let error: ImageBuilderError | undefined;
  let image: PushedImage | undefined;
  try {
    const failed = built.find(({ report }) => report.status !== 'Succeeded');
    if (failed !== undefined) throw refusedPart('status', 'the build did not succeed');
    await inPublishTime(plan, signal, async (inTime) => {
      const repositories = plan.destinations.map(({ push }) => push);
      if (plan.signing.kind === 'signed-by') await ports.checkSigners(repositories, inTime);
      record.reuse = await judgeReuse(plan, built, ports.openEarlierImages(inTime));
      const isEarlier = record.reuse?.kind === 'reused';
      image = isEarlier ? await pushImage(run, inTime) : await heldImage(inputs, inTime);
      await signAndTag(run, ports.openPublisher(inTime), image);
      await keepFingerprint(run, image, inTime);
    });
  } catch (thrown) {
    error = isFailure(thrown)
      ? thrown
      : new ImageBuilderError('internal', reasonOf(thrown), { where: 'publish' }, { cause: thrown });
  }
  const published = makeReport({ plan, record, timings: stages.timings, error, clock });
  const report = joinedReport({ built: built.map((part) => part.report), published, image });
  return error === undefined ? { report } : { report, error };
}
