import { type NeededStage, neededStages } from '../dockerfile/index.ts';
import type { BuildJob } from './build-job.ts';

/** What stands in a Dockerfile for itself. */
const plainWord = /^[\w./:@+-]+$/;

/** The images that a build begins with and copies from, each once, as FROM instructions. */
export function baseStages(
  { target, platforms, buildArgs, namedContexts }: BuildJob,
  untrustedDockerfile: string,
): readonly string[] {
  const contexts = namedContexts.map(([name]) => name);
  const question = { untrustedText: untrustedDockerfile, target, buildArgs, contexts };
  const lines = platforms.flatMap((platform) =>
    neededStages({ ...question, platform }).flatMap((stage) => imageLines(stage, platform)),
  );
  return [...new Set(lines)];
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
