import { join } from 'node:path';
import { type BuildJob, baseStages } from '../buildkit/index.ts';
import { type Ahead, type Mount, type MountKeeper, mountKey } from '../cache-mounts/index.ts';
import type { BuildNode } from '../plan/index.ts';
import { countFiles, isMore } from './count-files.ts';
import { dockerfileText } from './dockerfile-text.ts';
import { mountNamespace } from './mount-namespace.ts';
import { type MountedStep, mountedSteps } from './mounted-steps.ts';
import { pinMounts } from './pin-mounts.ts';
import { plannedMounts } from './planned-mounts.ts';
import type { Run } from './run.ts';
import type { LayerCache } from './usable-caches.ts';

/** The cache mounts of one node, as its build finds them. */
export interface NodeMounts {
  readonly keeper: MountKeeper;
  /** Those of an earlier build. */
  readonly saved: readonly Mount[];
  readonly steps: readonly MountedStep[];
}

/**
 * What there is of the mounts of one node; undefined when there are none to keep. A build that begins with nothing on
 * purpose finds nothing.
 */
export async function findMounts(
  run: Run,
  node: BuildNode,
  signal: AbortSignal,
): Promise<NodeMounts | undefined> {
  const planned = await plannedMounts(run.root, run.plan, node);
  const pin = await pinMounts(run, planned.mounts, signal);
  const mounts = planned.mounts.flatMap((mount) => pin(mount) ?? []);
  const keeper = openMounts(run, node, mounts);
  if (keeper === undefined) return undefined;
  const [saved, steps] = await Promise.all([
    run.plan.noCache ? [] : keeper.find(signal),
    mountedSteps(run, node, { pin, signal }),
  ]);
  return { keeper, saved, steps };
}

/** The keeper of the mounts of one node; undefined when there are none to keep. */
function openMounts(run: Run, node: BuildNode, mounts: readonly Mount[]): MountKeeper | undefined {
  const { plan, workFolder, ports } = run;
  const [namespace] = mountNamespace(plan, node);
  const { mounts: cache } = node.cache;
  if (cache === undefined || namespace === undefined || mounts.length === 0) return undefined;
  const folder = join(workFolder, `mounts-${node.name}`);
  return ports.keepMounts({ cache, mounts, namespace, folder, node });
}

/** Warns of the mounts of a plan that are not kept, each once, on its line. */
export async function tellUnkept({ root, plan, emit }: Run): Promise<void> {
  const found = await Promise.all(plan.nodes.map((node) => plannedMounts(root, plan, node)));
  const unclear = found.flatMap((each) => each.unclear).map(({ line, reason }) => [line, reason] as const);
  const file = plan.image.dockerfile;
  for (const [text, line] of new Map(unclear.map(([line, reason]) => [`${file}:${line} ${reason}`, line])))
    emit({ kind: 'notice', level: 'warning', message: `cache mount is not kept: ${text}`, file, line });
}

/** The steps that no cache of layers should have. */
export function dueSteps({ steps }: NodeMounts, caches: readonly LayerCache[]): readonly MountedStep[] {
  const kept = new Set(caches.flatMap((cache) => cache.steps));
  return steps.filter(({ name }) => name === undefined || !kept.has(name));
}

export interface Restoring {
  readonly mounts: NodeMounts;
  /** The steps that need theirs. */
  readonly due: readonly MountedStep[];
  readonly job: BuildJob;
  readonly caches: readonly LayerCache[];
}

/**
 * Fills the mounts of the steps that are due before the build begins, and has the engine get base images and the context
 * meanwhile. That may go on beside the build, which joins in; it ends when this is disposed of.
 */
export async function restoreMounts(
  run: Run,
  { mounts: { keeper, saved }, due, job, caches }: Restoring,
  signal: AbortSignal,
): Promise<AsyncDisposable> {
  const needed = due.flatMap(({ mounts }) => mounts);
  const keys = new Set(needed.map(mountKey));
  const idle = saved.filter((mount) => !keys.has(mountKey(mount)));
  tellIdle(run, idle);
  const ahead = idle.length === saved.length ? undefined : await aheadOf(run, { job, caches }, signal);
  return keeper.restore(needed, ahead, signal);
}

function tellIdle({ emit }: Run, mounts: readonly Mount[]): void {
  if (mounts.length === 0) return;
  const message = `cache mounts not needed, since their steps are in the layer cache: ${mounts.map(({ id }) => id).join(', ')}`;
  emit({ kind: 'notice', level: 'info', message });
}

/** A context of not more than this is sent within the half second that a step takes which has it sent. */
const soonSent = { files: 1000, bytes: 32_000_000 };

/** What the build will begin with. */
async function aheadOf(
  { plan, root }: Run,
  { job, caches }: Pick<Restoring, 'job' | 'caches'>,
  signal: AbortSignal,
): Promise<Ahead | undefined> {
  const untrustedDockerfile = await dockerfileText(root, plan.image.dockerfile);
  if (untrustedDockerfile === undefined) return undefined;
  const context = { folder: job.contextDir, ignoreFile: `${job.dockerfilePath}.dockerignore` };
  const count = await countFiles(context.folder, { limits: soonSent }, signal);
  return {
    images: baseStages(job, untrustedDockerfile),
    context: isMore(count, soonSent) ? context : undefined,
    cacheFrom: caches.map(({ reference }) => reference),
  };
}
