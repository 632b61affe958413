import { buildArguments } from './build-arguments.ts';
import type { BuildJob } from './build-job.ts';
import type { Engine } from './engine.ts';
import { jobEnvironment } from './job-environment.ts';
import { type BuildxOptions, runBuildx } from './run-buildx.ts';

export interface CacheExport {
  /** Of a build that has just succeeded on this engine: every step of it is found in its cache. */
  readonly job: BuildJob;
  /** A reference in a registry. */
  readonly to: string;
  /** Absolute path of a folder of its own, which need not be there. */
  readonly folder: string;
}

/**
 * Writes the layers of a build into a registry, by a second build that has nothing left to do. Secrets are not at hand
 * any more, and no step runs that would miss them. Throws `engine.failed` when it does not succeed.
 */
export async function exportCache(
  engine: Engine,
  { job, to }: Pick<CacheExport, 'job' | 'to'>,
  options: BuildxOptions,
): Promise<void> {
  const { outputDir: _, metadataPath: __, ...rest } = job;
  const again = {
    ...rest,
    ...{ labels: {}, annotations: {}, secrets: [], noCache: false, sbom: false, cacheTo: [to] },
    provenance: 'off',
  } as const;
  await runBuildx(engine, buildArguments(again), { ...options, env: jobEnvironment(options.env, job) });
}
