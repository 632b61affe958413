import type { Secret } from '../core/index.ts';
import { cacheSource } from './build-arguments.ts';
import type { NamedValue } from './build-job.ts';
import type { Engine } from './engine.ts';
import { type BuildxOptions, runBuildx } from './run-buildx.ts';

/** A build of our own beside the caller's, which works on the engine and has no result. */
export interface HelperBuild {
  /** Absolute path of its Dockerfile. */
  readonly dockerfilePath: string;
  readonly contextDir: string;
  /** References of layers. */
  readonly cacheFrom: readonly string[];
  readonly buildArgs: readonly NamedValue[];
  /** Values by the ids under which steps find them; they reach no log and no history. */
  readonly secrets: Readonly<Record<string, Secret>>;
  /** Whether its steps may use the network of the engine's host. */
  readonly hostNetwork: boolean;
  readonly builder?: string | undefined;
}

/** Under these names buildx finds the secrets; nothing else reads them. */
const secretVariable = (at: number) => `IMAGE_BUILDER_HELPER_SECRET_${at}`;

/** Runs a helper build to its end. Throws `engine.failed` when it does not succeed. */
export async function runHelper(
  engine: Engine,
  build: HelperBuild,
  { env, signal }: BuildxOptions,
): Promise<void> {
  const secrets = Object.values(build.secrets).map(
    (value, at) => [secretVariable(at), value.reveal()] as const,
  );
  await runBuildx(engine, helperArguments(build), {
    env: { ...env, ...Object.fromEntries(secrets) },
    signal,
  });
}

/** The arguments of `buildx` for a build without a result. */
function helperArguments(build: HelperBuild): string[] {
  return [
    'build',
    ...(build.builder === undefined ? [] : ['--builder', build.builder]),
    '--progress=quiet',
    '--output=type=cacheonly',
    '--provenance=false',
    ...(build.hostNetwork ? ['--allow=network.host'] : []),
    ...['--file', build.dockerfilePath],
    ...build.cacheFrom.flatMap((ref) => ['--cache-from', cacheSource(ref)]),
    ...build.buildArgs.flatMap(([name, value]) => ['--build-arg', `${name}=${value}`]),
    ...Object.keys(build.secrets).flatMap((id, at) => ['--secret', `id=${id},env=${secretVariable(at)}`]),
    '--',
    build.contextDir,
  ];
}
