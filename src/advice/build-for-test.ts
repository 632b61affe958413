import { adviceRules } from '../config/index.ts';
import { adviseBuild } from './advise-build.ts';
import type { BuilderNode, PlannedBuild } from './platform-builds.ts';

/** What is different about a build; platforms alone are all built on the one node. */
export type AskedBuild = Partial<PlannedBuild & BuilderNode>;

/** A build for the builder's own platform, with everything in force. */
export function plannedBuild(untrustedDockerfile: string, asked: AskedBuild = {}): PlannedBuild {
  const { platforms = ['linux/amd64'], nativePlatforms = ['linux/amd64'], ...rest } = asked;
  return {
    ...{ untrustedDockerfile, file: 'Dockerfile', nodes: [{ platforms, nativePlatforms }] },
    ...{ buildArgs: [], contexts: [], rules: adviceRules },
    ...rest,
  };
}

/** What is said of a Dockerfile, as `line rule`. */
export function brief(dockerfile: string, asked: AskedBuild = {}): readonly string[] {
  return adviseBuild(plannedBuild(dockerfile, asked)).map(({ line, rule }) => `${line} ${rule}`);
}

export const bothPlatforms = { platforms: ['linux/arm64', 'linux/amd64'] };

/** A context that nothing is left out of. */
export const bareContext = { hasIgnoreFile: false, hasGitFolder: true, files: 100, bytes: 1_000_000 };

/** What a compiler of Go keeps, for RUN. */
export const goCache = '--mount=type=cache,target=/root/.cache/go-build';
