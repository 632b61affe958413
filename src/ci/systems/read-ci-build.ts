import { readAzureBuild } from './azure-build.ts';
import type { CiBuild, Environment, ReadFile } from './ci-build.ts';
import { detectCi } from './detect-ci.ts';
import { readGithubBuild } from './github-build.ts';
import { readJenkinsBuild } from './jenkins-build.ts';

/**
 * Reads which build the CI around this process is running for; undefined outside of a CI. Throws `request.invalid` for
 * an event that no build is for and for what contradicts itself, `source.invalid` for a payload that cannot be read.
 */
export async function readCiBuild(
  environment: Environment,
  readFile: ReadFile,
): Promise<CiBuild | undefined> {
  switch (detectCi(environment)) {
    case 'github':
      return readGithubBuild(environment, readFile);
    case 'azure':
      return readAzureBuild(environment);
    case 'jenkins':
      return readJenkinsBuild(environment);
    case undefined:
      return undefined;
  }
}
