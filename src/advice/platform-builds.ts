import type { AdviceRule } from '../config/index.ts';
import { type NeededStage, neededStages } from '../dockerfile/index.ts';
import { nativeTest } from './native-platforms.ts';
import type { ContextFacts } from './rules/context-size.ts';
import { type StageHistory, stageHistories } from './stage-history.ts';

/** Where some of the platforms are built. Platforms are os/architecture[/variant]. */
export interface BuilderNode {
  readonly platforms: readonly string[];
  /** What it runs without emulation, its own platform first; empty where that is not known. */
  readonly nativePlatforms: readonly string[];
}

/** A build as it was planned. */
export interface PlannedBuild {
  readonly untrustedDockerfile: string;
  /** The path of the Dockerfile, relative to the checkout. */
  readonly file: string;
  readonly target?: string | undefined;
  readonly nodes: readonly BuilderNode[];
  readonly buildArgs: readonly (readonly [name: string, value: string])[];
  /** Names of further build contexts. */
  readonly contexts: readonly string[];
  /** Absent when nobody looked. */
  readonly context?: ContextFacts | undefined;
  /** The rules in force. */
  readonly rules: readonly AdviceRule[];
}

/** What one platform is built from. */
export interface PlatformBuild {
  readonly platform: string;
  readonly isNative: (platform: string) => boolean;
  /** In the order of the Dockerfile. */
  readonly stages: readonly StageHistory[];
  /** Positions of the stages whose files are the image: the target and its bases. */
  readonly imageStages: ReadonlySet<number>;
}

export function platformBuilds(build: PlannedBuild): readonly PlatformBuild[] {
  return build.nodes.flatMap(({ platforms, nativePlatforms }) => {
    const [buildPlatform] = nativePlatforms;
    const isNative = nativeTest(nativePlatforms);
    return platforms.map((platform) => {
      const question = { ...build, untrustedText: build.untrustedDockerfile, platform, buildPlatform };
      const needed = neededStages(question);
      return { platform, isNative, stages: stageHistories(needed), imageStages: withBases(needed) };
    });
  });
}

/** The target, which is the first, and what it is based on. */
function withBases(needed: readonly NeededStage[]): ReadonlySet<number> {
  const byIndex = new Map(needed.map((stage) => [stage.index, stage]));
  const found = new Set<number>();
  let stage = needed[0];
  while (stage !== undefined) {
    found.add(stage.index);
    const [base] = stage.sources;
    stage = base?.kind === 'stage' ? byIndex.get(base.index) : undefined;
  }
  return found;
}
