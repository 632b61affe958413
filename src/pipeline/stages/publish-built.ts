import { type Clock, ImageBuilderError, isFailure, reasonOf } from '../../core/index.ts';
import {
  joinImages,
  type PlatformManifest,
  parseDigest,
  parseManifest,
  platformManifests,
  type Repository,
} from '../../oci/index.ts';
import type { BuildPlan } from '../../plan/index.ts';
import type { EmitProgress } from '../../progress/index.ts';
import type { FetchedManifest, RawManifest } from '../../registry/index.ts';
import type { BuildReport } from '../../report/index.ts';
import { makeReport } from '../make-report.ts';
import type { Ports, PushedImage } from '../ports.ts';
import { inPublishTime, signAndTag } from '../publish-image.ts';
import { withoutReuse } from '../reuse/without-reuse.ts';
import type { PipelineResult } from '../run-pipeline.ts';
import { startRecord } from '../run-record.ts';
import { startStageClock } from '../stage-clock.ts';
import { joinBuilt } from './join-built.ts';

export interface PublishPorts extends Pick<Ports, 'checkSigners' | 'openPublisher'> {
  /** What a repository holds under a digest, from bytes that were hashed. */
  readonly fetchManifest: (
    repository: Repository,
    digest: string,
    signal: AbortSignal,
  ) => Promise<FetchedManifest>;
  /** Stores a manifest by its digest. */
  readonly pushManifest: (
    repository: Repository,
    manifest: RawManifest,
    signal: AbortSignal,
  ) => Promise<void>;
}

export interface PublishInputs {
  readonly plan: BuildPlan;
  /** Of every node that built. Their digests are looked up, nothing else of them decides. */
  readonly built: readonly BuildReport[];
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
  record.reuse = withoutReuse(plan);
  let error: ImageBuilderError | undefined;
  let image: PushedImage | undefined;
  try {
    const failed = built.find(({ status }) => status !== 'Succeeded');
    if (failed !== undefined) throw refused('status', 'the build did not succeed');
    const repositories = plan.destinations.map(({ push }) => push);
    await inPublishTime(plan, signal, async (inTime) => {
      if (plan.signing.kind === 'signed-by') await ports.checkSigners(repositories, inTime);
      image = await pushedImage(inputs, repositories, inTime);
      await signAndTag({ plan, record, stages, emit, clock }, ports.openPublisher(inTime), image);
    });
  } catch (thrown) {
    error = isFailure(thrown)
      ? thrown
      : new ImageBuilderError('internal', reasonOf(thrown), { where: 'publish' }, { cause: thrown });
  }
  const published = makeReport({ plan, record, timings: stages.timings, error, clock });
  const report = joined({ built, published, image });
  return error === undefined ? { report } : { report, error };
}

/** Every repository must hold the image whole before anybody signs it. */
async function pushedImage(
  inputs: PublishInputs,
  repositories: readonly Repository[],
  signal: AbortSignal,
): Promise<PushedImage> {
  const { plan, built, ports } = inputs;
  const parts = await Promise.all(built.map((report) => heldPart(inputs, report, { repositories, signal })));
  const [only, ...others] = parts;
  if (only === undefined) throw refused('repositories', 'nothing was built');
  const root = others.length === 0 ? only : await joinedRoot(inputs, parts, { repositories, signal });
  const platforms = platformsOf(root, plan);
  for (const repository of repositories)
    for (const { descriptor } of platforms) await ports.fetchManifest(repository, descriptor.digest, signal);
  return { root, platforms, repositories };
}

interface Places {
  readonly repositories: readonly Repository[];
  readonly signal: AbortSignal;
}

/** What one node built, as every repository holds it. */
async function heldPart(
  { ports }: PublishInputs,
  report: BuildReport,
  { repositories, signal }: Places,
): Promise<FetchedManifest> {
  const digest = parseDigest(report.digest);
  if (digest === undefined)
    throw refused('digest', `"${report.digest}" is no digest: the image was not built`);
  const held = await Promise.all(
    repositories.map((repository) => ports.fetchManifest(repository, digest, signal)),
  );
  const [root] = held;
  if (root === undefined) throw refused('repositories', 'the plan has no destination');
  return root;
}

/** One index of what several nodes built, put beside it in every repository, under no tag. */
async function joinedRoot(
  { plan, ports, built }: PublishInputs,
  parts: readonly FetchedManifest[],
  { repositories, signal }: Places,
): Promise<FetchedManifest> {
  const images = parts.map(({ descriptor, manifest }, index) => {
    const platforms = built[index]?.architectures ?? [];
    return { descriptor, manifest, platforms };
  });
  const { bytes, descriptor } = joinImages(images, { platforms: plan.platforms, annotations: plan.labels });
  await Promise.all(
    repositories.map((repository) => ports.pushManifest(repository, { bytes, descriptor }, signal)),
  );
  return { bytes, descriptor, manifest: parseManifest(bytes, descriptor.mediaType) };
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
  readonly built: readonly BuildReport[];
  readonly published: BuildReport;
  /** As the registry has it; undefined when it was not found whole. */
  readonly image: PushedImage | undefined;
}

/** How it was built is the other stage's to tell; what became of it, and where, is not. */
function joined({ built, published, image }: Joining): BuildReport {
  const told = joinBuilt(built);
  const { resumed, started, slowest_steps, warnings, advice } = told;
  const [only, ...others] = built;
  return {
    ...published,
    ...{ resumed, started, slowest_steps, warnings },
    ...(advice === undefined ? {} : { advice }),
    digest: image?.root.descriptor.digest ?? (others.length === 0 ? (only?.digest ?? '') : ''),
    platforms: (image?.platforms ?? []).map(({ platform, descriptor }) => {
      const known = told.platforms.find((each) => each.platform === platform);
      const { size = 0, seconds = 0, steps = 0, cached_steps = 0, node } = known ?? {};
      const on = node === undefined ? {} : { node };
      return { platform, digest: descriptor.digest, size, seconds, steps, cached_steps, ...on };
    }),
    seconds: told.seconds + published.seconds,
    timings: [...told.timings, ...published.timings],
    repositories: published.repositories.map((repository) => {
      const before = told.repositories.find((each) => each.repository === repository.repository);
      const { uploaded_bytes = 0, seconds = 0 } = before ?? {};
      const state = published.pushed ? 'tagged' : before?.state === 'pushed' ? 'pushed' : 'missing';
      return { ...repository, state, uploaded_bytes, seconds };
    }),
  };
}

function refused(field: string, fault: string): ImageBuilderError {
  return new ImageBuilderError('request.invalid', `what the build stage hands on: ${fault}`, { field });
}
