import { type CiSystem, ciSystems, type Environment } from './ci-build.ts';

/** What each CI sets in every job. */
const marks: Readonly<Record<CiSystem, (environment: Environment) => boolean>> = {
  github: ({ GITHUB_ACTIONS }) => GITHUB_ACTIONS === 'true',
  azure: ({ TF_BUILD, BUILD_BUILDID }) => TF_BUILD?.toLowerCase() === 'true' || Boolean(BUILD_BUILDID),
  jenkins: ({ JENKINS_HOME, JENKINS_URL }) => Boolean(JENKINS_HOME || JENKINS_URL),
};

/**
 * The CI that runs this process; undefined outside of one. The order is that of earlier versions: images of Jenkins set
 * `JENKINS_HOME` wherever they run, while the runner and the agent set their own marks for each job.
 */
export function detectCi(environment: Environment): CiSystem | undefined {
  return ciSystems.find((ci) => marks[ci](environment));
}
