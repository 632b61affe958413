import { join } from 'node:path';
import type { BuildJob } from '../buildkit/index.ts';
import type { MountKeeper } from '../cache-mounts/index.ts';
import { reasonOf } from '../core/index.ts';
import type { BuildNode } from '../plan/index.ts';
import { dockerfileText } from './dockerfile-text.ts';
import { mountNamespace } from './mount-namespace.ts';
import { plannedMounts } from './planned-mounts.ts';
import type { Run } from './run.ts';

/** The keeper of the mounts of one node; undefined when there are none to keep. */
export async function openMounts(run: Run, node: BuildNode): Promise<MountKeeper | undefined> {
  const { plan, root, workFolder, ports } = run;
  const { mounts } = await plannedMounts(root, plan, node);
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

export interface Restoring {
  readonly mounts: MountKeeper | undefined;
  readonly job: BuildJob;
  readonly node: BuildNode;
}

/**
 * Fills the mounts before the build begins, and has the engine pull base images and fetch the context meanwhile. That may
 * go on beside the build, which joins in; it ends when this is disposed of. A build that begins with nothing on purpose
 * gets nothing.
 */
export async function restoreMounts(
  run: Run,
  { mounts, job, node }: Restoring,
  signal: AbortSignal,
): Promise<AsyncDisposable> {
  const stop = new AbortController();
  let meanwhile: Promise<void> | undefined;
  if (mounts !== undefined && !run.plan.noCache && (await mounts.find(signal))) {
    meanwhile = warmUp(run, { job, node }, AbortSignal.any([signal, stop.signal]));
    await mounts.restore(signal);
  }
  return {
    [Symbol.asyncDispose]: async () => {
      stop.abort('built');
      await meanwhile;
    },
  };
}

/** What goes wrong here goes wrong in the build too, which says it better. */
async function warmUp(
  run: Run,
  { job, node }: Omit<Restoring, 'mounts'>,
  signal: AbortSignal,
): Promise<void> {
  const { plan, ports, root, workFolder, emit } = run;
  const untrustedDockerfile = await dockerfileText(root, plan.image.dockerfile);
  const { mounts } = node.cache;
  if (untrustedDockerfile === undefined || mounts === undefined) return;
  const folder = join(workFolder, `warm-up-${node.name}`);
  const { helperImage } = mounts;
  await ports.warmUp({ job, untrustedDockerfile, helperImage, folder }, signal).catch((error: unknown) => {
    emit({ kind: 'notice', level: 'debug', message: `nothing was fetched ahead: ${reasonOf(error)}` });
  });
}
