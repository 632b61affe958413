import { humanSeconds } from '../../core/index.ts';
import type { Finding } from '../advice.ts';
import type { PlatformBuild } from '../platform-builds.ts';
import type { StageHistory } from '../stage-history.ts';

/** How long a RUN took in a build. */
export interface RunTime {
  /** 1-based line of the instruction. */
  readonly line: number;
  /** The platform that it was for. */
  readonly platform: string;
  readonly seconds: number;
}

/** Seconds of emulation in one stage that are worth a word. */
const leastSeconds = 5;
/** What takes less than so many times as long was not emulated, whatever was assumed of the builder. */
const leastRatio = 2;

interface Emulated {
  readonly history: StageHistory;
  readonly inImage: boolean;
  readonly platforms: readonly string[];
  readonly seconds: number;
  /** Of the same lines where they ran natively; undefined where one of them did not. */
  readonly native: number | undefined;
  readonly slowestLine: number;
}

/** The stage that lost most time to emulation in a build that was carried out. */
export function slowEmulation(
  builds: readonly PlatformBuild[],
  times: readonly RunTime[],
): Finding | undefined {
  const stages = builds.flatMap((build) =>
    build.stages
      .filter(({ runsOn }) => runsOn !== undefined && !build.isNative(runsOn))
      .map((history) => ({ build, history })),
  );
  const emulated = [...Map.groupBy(stages, ({ history }) => history.index).values()].flatMap((same) => {
    const [first] = same;
    if (first === undefined) return [];
    const platforms = same.map(({ build }) => build.platform);
    return measure({ ...first, platforms }, times) ?? [];
  });
  const [worst] = emulated.filter(isSlow).toSorted((a, b) => b.seconds - a.seconds);
  return worst === undefined ? undefined : findingOf(worst);
}

interface EmulatedStage {
  readonly build: PlatformBuild;
  readonly history: StageHistory;
  readonly platforms: readonly string[];
}

function measure(
  { build, history, platforms }: EmulatedStage,
  times: readonly RunTime[],
): Emulated | undefined {
  const lines = new Set(history.runs.map(({ line }) => line));
  const own = times.filter(({ line }) => lines.has(line));
  const emulated = own.filter(({ platform }) => platforms.includes(platform));
  const [slowest] = emulated.toSorted((a, b) => b.seconds - a.seconds);
  if (slowest === undefined) return undefined;
  const natively = emulated.map(({ line }) =>
    own.find((time) => time.line === line && !platforms.includes(time.platform)),
  );
  const known = natively.filter((time) => time !== undefined);
  return {
    history,
    inImage: build.imageStages.has(history.index),
    platforms: [...new Set(emulated.map(({ platform }) => platform))],
    seconds: sum(emulated),
    native: known.length === natively.length ? sum(known) : undefined,
    slowestLine: slowest.line,
  };
}

function sum(times: readonly RunTime[]): number {
  return times.reduce((total, { seconds }) => total + seconds, 0);
}

function isSlow({ seconds, native = 0 }: Emulated): boolean {
  return seconds - native >= leastSeconds && seconds >= native * leastRatio;
}

function findingOf({ history, inImage, platforms, seconds, native, slowestLine }: Emulated): Finding {
  const natively = native === undefined ? '' : `, and ${humanSeconds(native)} natively`;
  const change = inImage
    ? 'move the work to a stage FROM --platform=$BUILDPLATFORM and copy the result, or let a builder node of that platform build it'
    : 'begin it with FROM --platform=$BUILDPLATFORM and compile for $TARGETARCH';
  return {
    rule: 'slow-emulation',
    line: history.stage.from.line,
    message: `${nameOf(history)} took ${humanSeconds(seconds)} under emulation for ${platforms.join(', ')}${natively}, most of it in line ${slowestLine}: ${change}`,
    saves:
      native === undefined
        ? 'compilers took 10 times as long under emulation'
        : `about ${humanSeconds(seconds - native)} of this build`,
  };
}

/** Stages without a name have the one that BuildKit gives them. */
function nameOf({ stage: { name }, index }: StageHistory): string {
  return `stage "${name !== undefined && /^[a-z0-9._-]{1,64}$/.test(name) ? name : `stage-${index}`}"`;
}
