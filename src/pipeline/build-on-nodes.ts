import { joinLayouts } from '../registry/index.ts';
import { buildIn } from './build-in.ts';
import { buildJob, imageFolder } from './build-job.ts';
import type { Run } from './run.ts';
import type { NodeBuild } from './run-record.ts';

/**
 * Builds on every node of the plan at the same time, and makes one image of what they built. When one fails, the others
 * are stopped; all are over when this throws.
 */
export async function buildOnNodes(run: Run, signal: AbortSignal): Promise<readonly NodeBuild[]> {
  const { plan, ports, root, workFolder } = run;
  const stop = new AbortController();
  const shared = AbortSignal.any([signal, stop.signal]);
  let first: { readonly error: unknown } | undefined;
  const jobs = plan.nodes.map((node) => ({ node, job: buildJob(plan, node, run) }));
  const builds = await Promise.all(
    jobs.map(async ({ node, job }) => {
      try {
        return { node, outcome: await buildIn(root, ports.build(job, shared)) };
      } catch (error) {
        first ??= { error };
        stop.abort(signal.reason ?? 'another node failed');
        return undefined;
      }
    }),
  );
  if (first !== undefined) throw first.error;
  if (jobs.length > 1) {
    const parts = jobs.map(({ job }) => ({ directory: job.outputDir, platforms: job.platforms }));
    const whole = { directory: imageFolder(workFolder), platforms: plan.platforms, annotations: plan.labels };
    await joinLayouts(parts, whole);
  }
  return builds.filter((build) => build !== undefined);
}
