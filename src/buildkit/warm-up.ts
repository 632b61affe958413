import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type NeededStage, neededStages } from '../dockerfile/index.ts';
import type { BuildJob } from './build-job.ts';
import type { Engine } from './engine.ts';
import { jobEnvironment } from './job-environment.ts';
import { type BuildxOptions, runBuildx } from './run-buildx.ts';
import { helperArguments } from './run-helper.ts';

export interface WarmUp {
  /** Of the build that is to come. */
  readonly job: BuildJob;
  readonly untrustedDockerfile: string;
  /** With `true` in it. */
  readonly helperImage: string;
  /** Absolute path; made when missing. */
  readonly folder: string;
}

/**
 * Has an engine pull and unpack base images, and fetch the context, before the build that needs them: for the time in
 * which that has to wait. Throws `engine.failed` when it does not succeed, which the build itself can tell better.
 */
export async function warmUp(engine: Engine, work: WarmUp, options: BuildxOptions): Promise<void> {
  const { job, folder } = work;
  const dockerfilePath = join(folder, 'Dockerfile');
  await mkdir(folder, { recursive: true });
  await writeFile(dockerfilePath, warmUpDockerfile(work));
  // Where there is none, the one of the context counts, for both builds.
  await copyFile(`${job.dockerfilePath}.dockerignore`, `${dockerfilePath}.dockerignore`).catch(
    () => undefined,
  );
  const { contextDir, builder } = job;
  const build = { dockerfilePath, contextDir, buildArgs: [], secrets: {}, hostNetwork: false, builder };
  await runBuildx(engine, helperArguments(build), { ...options, env: jobEnvironment(options.env, job) });
}

/** What stands in a Dockerfile for itself. */
const plainWord = /^[\w./:@+-]+$/;

/** Mounting an image is what makes an engine unpack it. */
export function warmUpDockerfile({ job, untrustedDockerfile, helperImage }: Omit<WarmUp, 'folder'>): string {
  const { target, platforms, buildArgs, namedContexts } = job;
  const contexts = namedContexts.map(([name]) => name);
  const question = { untrustedText: untrustedDockerfile, target, buildArgs, contexts };
  const lines = platforms.flatMap((platform) =>
    neededStages({ ...question, platform }).flatMap((stage) => imageLines(stage, platform)),
  );
  const stages = [...new Set(lines)];
  const mounts = stages.map((_, at) => `--mount=type=bind,from=base-${at},target=/bases/${at}`);
  return [
    ...stages.map((stage, at) => `${stage} AS base-${at}`),
    `FROM ${helperImage}`,
    `RUN ${[...mounts, '--mount=type=bind,target=/context'].join(' ')} ["true"]`,
    '',
  ].join('\n');
}

/** What the engine's own platform is, only the engine knows: it is what it takes when nobody says. */
function imageLines({ sources, runsOn, onBuilder }: NeededStage, platform: string): readonly string[] {
  return sources.flatMap((source, at) => {
    if (source.kind !== 'image' || !plainWord.test(source.untrustedName)) return [];
    const { untrustedName } = source;
    if (at > 0) return [`FROM --platform=${platform} ${untrustedName}`];
    if (onBuilder) return [`FROM ${untrustedName}`];
    return runsOn !== undefined && plainWord.test(runsOn)
      ? [`FROM --platform=${runsOn} ${untrustedName}`]
      : [];
  });
}
