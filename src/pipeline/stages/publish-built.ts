import { type Clock, ImageBuilderError, isFailure, reasonOf } from '../../core/index.ts';
import { type PlatformManifest, parseDigest, platformManifests, type Repository } from '../../oci/index.ts';
import type { BuildPlan } from '../../plan/index.ts';
import type { EmitProgress } from '../../progress/index.ts';
import type { FetchedManifest } from '../../registry/index.ts';
import type { BuildReport } from '../../report/index.ts';
import { makeReport } from '../make-report.ts';
import type { Ports, PushedImage } from '../ports.ts';
import { inPublishTime, signAndTag } from '../publish-image.ts';
import type { PipelineResult } from '../run-pipeline.ts';
import { startRecord } from '../run-record.ts';
import { startStageClock } from '../stage-clock.ts';

export interface PublishPorts extends Pick<Ports, 'checkSigners' | 'openPublisher'> {
  /** What a repository holds under a digest, from bytes that were hashed. */
  readonly fetchManifest: (
    repository: Repository,
    digest: string,
    signal: AbortSignal,
  ) => Promise<FetchedManifest>;
}

export interface PublishInputs {
  readonly plan: BuildPlan;
  /** Of the stage that built. Its digest is looked up, nothing else of it decides. */
  readonly built: BuildReport;
  readonly ports: PublishPorts;
  readonly emit: EmitProgress;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/**
 * Has an image signed that another stage built and pushed, and moves its tags. Nothing of the caller's runs here. Does
 * not throw; the report is that of the whole build.
 */
export async function publishBuilt(inputs: PublishInputs): Promise<PipelineResult> {
  const { plan, built, ports, emit, clock, signal } = inputs;
  const stages = startStageClock(clock, emit);
  const record = startRecord(clock());
  let error: ImageBuilderError | undefined;
  let platforms: readonly PlatformManifest[] = [];
  try {
    if (built.status !== 'Succeeded') throw refused('status', 'the build did not succeed');
    const repositories = plan.destinations.map(({ push }) => push);
    await inPublishTime(plan, signal, async (inTime) => {
      if (plan.signing.kind === 'signed-by') await ports.checkSigners(repositories, inTime);
      const image = await pushedImage(inputs, repositories, inTime);
      ({ platforms } = image);
      await signAndTag({ plan, record, stages, emit, clock }, ports.openPublisher(inTime), image);
    });
  } catch (thrown) {
    error = isFailure(thrown)
      ? thrown
      : new ImageBuilderError('internal', reasonOf(thrown), { where: 'publish' }, { cause: thrown });
  }
  const published = makeReport({ plan, record, timings: stages.timings, error, clock });
  const report = joined({ built, published, platforms });
  return error === undefined ? { report } : { report, error };
}

/** Every repository must hold the image whole before anybody signs it. */
async function pushedImage(
  { plan, built, ports }: PublishInputs,
  repositories: readonly Repository[],
  signal: AbortSignal,
): Promise<PushedImage> {
  const digest = parseDigest(built.digest);
  if (digest === undefined)
    throw refused('digest', `"${built.digest}" is no digest: the image was not built`);
  const held = await Promise.all(
    repositories.map((repository) => ports.fetchManifest(repository, digest, signal)),
  );
  const [root] = held;
  if (root === undefined) throw refused('repositories', 'the plan has no destination');
  const platforms = platformsOf(root, plan);
  for (const repository of repositories)
    for (const { descriptor } of platforms) await ports.fetchManifest(repository, descriptor.digest, signal);
  return { root, platforms, repositories };
}

function platformsOf(
  { manifest, descriptor }: FetchedManifest,
  plan: BuildPlan,
): readonly PlatformManifest[] {
  const [only = '', ...others] = plan.platforms;
  const platforms =
    manifest.kind === 'index'
      ? platformManifests(manifest)
      : others.length === 0
        ? [{ platform: only, descriptor }]
        : [];
  const found = platforms.map(({ platform }) => platform);
  if (new Set(found).size === found.length && sameWords(found, plan.platforms)) return platforms;
  const [has, expected] = [found.join(', ') || 'one platform', plan.platforms.join(', ')];
  throw refused('platforms', `the image has ${has}, the plan says ${expected}`);
}

function sameWords(some: readonly string[], others: readonly string[]): boolean {
  return some.toSorted().join() === others.toSorted().join();
}

interface Joining {
  readonly built: BuildReport;
  readonly published: BuildReport;
  /** As the registry has them. */
  readonly platforms: readonly PlatformManifest[];
}

/** How it was built is the other stage's to tell; what became of it, and where, is not. */
function joined({ built, published, platforms }: Joining): BuildReport {
  const { digest, resumed, started, slowest_steps, warnings } = built;
  return {
    ...published,
    ...{ digest, resumed, started, slowest_steps, warnings },
    platforms: platforms.map(({ platform, descriptor }) => {
      const told = built.platforms.find((each) => each.platform === platform);
      const { size = 0, seconds = 0, steps = 0, cached_steps = 0 } = told ?? {};
      return { platform, digest: descriptor.digest, size, seconds, steps, cached_steps };
    }),
    seconds: built.seconds + published.seconds,
    timings: [...built.timings, ...published.timings],
    repositories: published.repositories.map((repository) => {
      const before = built.repositories.find((each) => each.repository === repository.repository);
      const { uploaded_bytes = 0, seconds = 0 } = before ?? {};
      const state = published.pushed ? 'tagged' : before?.state === 'pushed' ? 'pushed' : 'missing';
      return { ...repository, state, uploaded_bytes, seconds };
    }),
  };
}

function refused(field: string, fault: string): ImageBuilderError {
  return new ImageBuilderError('request.invalid', `what the build stage hands on: ${fault}`, { field });
}
