import type { BuildJob } from '../buildkit/index.ts';
import { isFailure, withSubject } from '../core/index.ts';
import type { BuildNode } from '../plan/index.ts';
import { joinLayouts } from '../registry/index.ts';
import { buildFromCaches } from './build-from-caches.ts';
import { buildJob, imageFolder } from './build-job.ts';
import { dueSteps, findMounts, restoreMounts, tellUnkept } from './mounts.ts';
import type { Run } from './run.ts';
import type { NodeBuild } from './run-record.ts';
import { sendAhead } from './send-ahead.ts';
import { allTogether, together } from './together.ts';
import { usableCaches } from './usable-caches.ts';

/**
 * Builds on every node of the plan at the same time, and makes one image of what they built. When one fails, the others
 * are stopped; all are over when this throws.
 */
export async function buildOnNodes(run: Run, signal: AbortSignal): Promise<readonly NodeBuild[]> {
  const { plan, workFolder } = run;
  await tellUnkept(run);
  const jobs = plan.nodes.map((node) => ({ node, job: buildJob(plan, node, run) }));
  let building = jobs.length;
  const builds = await allTogether(
    signal,
    jobs.map((each) => async (shared) => {
      const build = await buildOnNode(run, each, shared);
      building -= 1;
      if (building > 0) await sendAhead(run, each.job, shared);
      return build;
    }),
  );
  if (jobs.length > 1) {
    const parts = jobs.map(({ job }) => ({ directory: job.outputDir, platforms: job.platforms }));
    const whole = { directory: imageFolder(workFolder), platforms: plan.platforms, annotations: plan.labels };
    await joinLayouts(parts, whole);
  }
  return builds;
}

interface NodeJob {
  readonly node: BuildNode;
  readonly job: BuildJob;
}

/** One of several is named by what goes wrong there. */
async function buildOnNode(run: Run, each: NodeJob, signal: AbortSignal): Promise<NodeBuild> {
  try {
    return await buildWithCaches(run, each, signal);
  } catch (error) {
    const alone = run.plan.nodes.length === 1;
    if (alone || !isFailure(error) || isFailure(error, 'cancelled')) throw error;
    throw withSubject(`on ${each.node.name}`, error);
  }
}

async function buildWithCaches(run: Run, { node, job }: NodeJob, signal: AbortSignal): Promise<NodeBuild> {
  const [usable, mounts] = await together(
    signal,
    (shared) => usableCaches(run, node, shared),
    (shared) => findMounts(run, node, shared),
  );
  const caches = usable ?? [];
  const build = () => buildFromCaches(run, { job, caches }, signal);
  // A registry that does not answer was told of, and is asked no more.
  if (usable === undefined || mounts === undefined)
    return { node, outcome: await build(), mounts: undefined, keepsCache: usable !== undefined };
  const due = dueSteps(mounts, caches);
  await using _ = await restoreMounts(run, { mounts, due, job, caches }, signal);
  return { node, outcome: await build(), mounts: { ...mounts, due }, keepsCache: true };
}
