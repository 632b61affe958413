import { adviceRules } from '../config/index.ts';
import { adviseBuild } from './advise-build.ts';
import type { PlannedBuild } from './platform-builds.ts';

/** A build for the builder's own platform, with everything in force. */
export function plannedBuild(untrustedDockerfile: string, asked: Partial<PlannedBuild> = {}): PlannedBuild {
  return {
    untrustedDockerfile,
    file: 'Dockerfile',
    platforms: ['linux/amd64'],
    nativePlatforms: ['linux/amd64'],
    buildArgs: [],
    contexts: [],
    rules: adviceRules,
    ...asked,
  };
}

/** What is said of a Dockerfile, as `line rule`. */
export function brief(dockerfile: string, asked: Partial<PlannedBuild> = {}): readonly string[] {
  return adviseBuild(plannedBuild(dockerfile, asked)).map(({ line, rule }) => `${line} ${rule}`);
}

export const bothPlatforms = { platforms: ['linux/arm64', 'linux/amd64'] };

/** A context that nothing is left out of. */
export const bareContext = { hasIgnoreFile: false, hasGitFolder: true, files: 100, bytes: 1_000_000 };

/** What a compiler of Go keeps, for RUN. */
export const goCache = '--mount=type=cache,target=/root/.cache/go-build';
