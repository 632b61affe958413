import type { Advice, Finding } from './advice.ts';
import { type PlannedBuild, type PlatformBuild, platformBuilds } from './platform-builds.ts';
import { cacheMounts } from './rules/cache-mounts.ts';
import { contextSize } from './rules/context-size.ts';
import { emulatedCompiles } from './rules/emulated-compile.ts';
import { goBuildAll } from './rules/go-build-a.ts';
import { type RunTime, slowEmulation } from './rules/slow-emulation.ts';
import { sourcesBeforeDependencies } from './rules/sources-before-dependencies.ts';

/**
 * What would make a build faster, as far as its Dockerfile and its context tell, and once it was carried out also how
 * long its RUN took: each thing once, on the first line that it is about. Says nothing where it is not sure. Never
 * throws.
 */
export function adviseBuild(build: PlannedBuild, times: readonly RunTime[] = []): readonly Advice[] {
  if (build.rules.length === 0) return [];
  const builds = platformBuilds(build);
  const found = findings(build, builds, times).filter(({ rule }) => build.rules.includes(rule));
  return joined(found)
    .toSorted((a, b) => a.line - b.line)
    .map(({ rule, line, message, saves }) => ({
      ...{ rule, file: build.file, line, message },
      ...(saves === undefined ? {} : { saves }),
    }));
}

function findings(
  { context, rules }: PlannedBuild,
  builds: readonly PlatformBuild[],
  times: readonly RunTime[],
): readonly Finding[] {
  const stages = builds.flatMap((build) => build.stages);
  const measured = rules.includes('slow-emulation') ? slowEmulation(builds, times) : undefined;
  const measuredStage = stages.find(({ stage }) => stage.from.line === measured?.line);
  const isMeasured = (line: number) => measuredStage?.runs.some((run) => run.line === line);
  return [
    ...stages.flatMap(goBuildAll),
    ...stages.flatMap(cacheMounts),
    ...stages.flatMap(sourcesBeforeDependencies),
    ...emulatedCompiles(builds).filter(({ line }) => !isMeasured(line)),
    ...(measured === undefined ? [] : [measured]),
    ...(context === undefined ? [] : contextSize(stages, context)),
  ];
}

/** One of those that say the same, with the lines of the others. */
function joined(found: readonly Finding[]): readonly Finding[] {
  const same = Map.groupBy(found, ({ rule, message }) => `${rule} ${message}`);
  return [...same.values()].flatMap((findings) => {
    const lines = [...new Set(findings.map(({ line }) => line))].toSorted((a, b) => a - b);
    const [line, ...others] = lines;
    const [first] = findings;
    if (first === undefined || line === undefined) return [];
    return [{ ...first, line, message: `${first.message}${alsoIn(others)}` }];
  });
}

function alsoIn(lines: readonly number[]): string {
  if (lines.length === 0) return '';
  return ` (the same in ${lines.length === 1 ? 'line' : 'lines'} ${lines.slice(0, 5).join(', ')})`;
}
