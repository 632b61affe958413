import { join } from 'node:path';
import type { BuildJob } from './build-job.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The environment of buildx for a build in a checkout, without what would change the image behind the job's back, or add
 * a step whose result nobody reads. Buildx asks git about the context, and git takes a folder of the commit for a
 * repository when it looks like one, and runs what is configured there: it is told which repository it is.
 */
export function jobEnvironment(
  env: Environment,
  { checkoutDir }: Pick<BuildJob, 'checkoutDir'>,
): Environment {
  return {
    ...env,
    SOURCE_DATE_EPOCH: undefined,
    BUILDX_METADATA_PROVENANCE: 'disabled',
    GIT_DIR: join(checkoutDir, '.git'),
    GIT_WORK_TREE: checkoutDir,
  };
}
