import type { Finding } from '../advice.ts';
import { type Compile, compileOf } from '../compilers.ts';
import type { PlatformBuild } from '../platform-builds.ts';
import type { ShellCommand } from '../shell-commands.ts';
import type { StageRun } from '../stage-history.ts';

/** What makes compilers write for another platform than the one that they run on, as far as it is that simple. */
const ways: Partial<Record<Compile['compiler'], string>> = {
  go: ' and compile with GOOS=$TARGETOS GOARCH=$TARGETARCH',
  maven: ', since what it makes runs everywhere',
  gradle: ', since what it makes runs everywhere',
};

/** Compilers that run under emulation and could run on the platform of the builder. */
export function emulatedCompiles(builds: readonly PlatformBuild[]): readonly Finding[] {
  const found = builds.flatMap(({ platform, isNative, stages, imageStages }) =>
    stages
      .filter(({ runsOn }) => runsOn !== undefined && !isNative(runsOn))
      .flatMap(({ runs, index }) =>
        runs.flatMap((run) => {
          const compile = movable(run);
          return compile === undefined
            ? []
            : [{ line: run.line, compile, platform, inImage: imageStages.has(index) }];
        }),
      ),
  );
  return [...Map.groupBy(found, ({ line }) => line).values()].flatMap(([first, ...rest]) =>
    first === undefined
      ? []
      : [findingOf({ ...first, platforms: [first, ...rest].map(({ platform }) => platform) })],
  );
}

/** A compile of sources that needs neither emulation nor the libraries of the other platform. */
function movable({ commands, state }: StageRun): Compile | undefined {
  if (!state.sourced) return undefined;
  return commands
    .flatMap((command) => (usesCgo(command) ? [] : (compileOf(command) ?? [])))
    .find(({ compiler, yieldsArtifact }) => yieldsArtifact && ways[compiler] !== undefined);
}

function usesCgo({ variables }: ShellCommand): boolean {
  return variables.get('CGO_ENABLED') === '1';
}

interface Emulated {
  readonly line: number;
  readonly compile: Compile;
  readonly platforms: readonly string[];
  /** Whether the stage is part of the image. */
  readonly inImage: boolean;
}

function findingOf({ line, compile: { compiler, call }, platforms, inImage }: Emulated): Finding {
  const way = ways[compiler] ?? '';
  const change = inImage
    ? `move it to a stage of its own FROM --platform=$BUILDPLATFORM${way}, and copy the result`
    : `begin its stage with FROM --platform=$BUILDPLATFORM${way}`;
  return {
    rule: 'emulated-compile',
    line,
    message: `"${call}" runs under emulation for ${platforms.join(', ')}: ${change}`,
    saves: 'compilers took 10 times as long under emulation',
  };
}
