import {
  joinImages,
  type PlatformManifest,
  parseDigest,
  parseManifest,
  platformManifests,
  type Repository,
} from '../../oci/index.ts';
import type { BuildPlan } from '../../plan/index.ts';
import type { FetchedManifest, RawManifest } from '../../registry/index.ts';
import type { BuildReport } from '../../report/index.ts';
import type { PushedImage } from '../ports.ts';
import { type BuiltPart, refusedPart } from './built-part.ts';

export interface HeldPorts {
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

interface HeldInputs {
  readonly plan: BuildPlan;
  readonly built: readonly BuiltPart[];
  readonly ports: HeldPorts;
}

/** Every repository must hold the image whole before anybody signs it. */
export async function heldImage(inputs: HeldInputs, signal: AbortSignal): Promise<PushedImage> {
  const { plan, built, ports } = inputs;
  const repositories = plan.destinations.map(({ push }) => push);
  const parts = await Promise.all(
    built.map(({ report }) => heldPart(inputs, report, { repositories, signal })),
  );
  const [only, ...others] = parts;
  if (only === undefined) throw refusedPart('repositories', 'nothing was built');
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
  { ports }: HeldInputs,
  report: BuildReport,
  { repositories, signal }: Places,
): Promise<FetchedManifest> {
  const digest = parseDigest(report.digest);
  if (digest === undefined)
    throw refusedPart('digest', `"${report.digest}" is no digest: the image was not built`);
  const held = await Promise.all(
    repositories.map((repository) => ports.fetchManifest(repository, digest, signal)),
  );
  const [root] = held;
  if (root === undefined) throw refusedPart('repositories', 'the plan has no destination');
  return root;
}

/** One index of what several nodes built, put beside it in every repository, under no tag. */
async function joinedRoot(
  { plan, ports, built }: HeldInputs,
  parts: readonly FetchedManifest[],
  { repositories, signal }: Places,
): Promise<FetchedManifest> {
  const images = parts.map(({ descriptor, manifest }, index) => {
    const platforms = built[index]?.report.architectures ?? [];
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
  throw refusedPart('platforms', `the image has ${has}, the plan says ${expected}`);
}

function sameWords(some: readonly string[], others: readonly string[]): boolean {
  return some.toSorted().join() === others.toSorted().join();
}
