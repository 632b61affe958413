import { ImageBuilderError, reasonOf } from '../core/index.ts';
import { type AskOptions, askBuildx } from './ask-buildx.ts';
import type { Engine } from './engine.ts';
import { type Material, readProvenance } from './read-provenance.ts';

export interface RecordedBuild {
  /** Name of the build in the engine's history. */
  readonly buildRef: string;
  /** Every platform that it was built for. */
  readonly platforms: readonly string[];
  /** The current builder unless given. */
  readonly builder?: string | undefined;
}

/**
 * What went into a build by the engine's own record of it, which has provenance also where the image has none: the
 * metadata file of buildx 0.29 lacks it for several platforms. Undefined when the engine, or an older buildx, does not
 * tell.
 */
export async function recordedMaterials(
  engine: Engine,
  { buildRef, platforms, builder }: RecordedBuild,
  options: AskOptions,
): Promise<readonly Material[] | undefined> {
  const materials: Material[] = [];
  const chosen = builder === undefined ? [] : ['--builder', builder];
  for (const platform of recordNames(platforms)) {
    const args = ['--type', 'provenance', ...platform, '--', buildRef];
    const answer = await askBuildx(engine, ['history', 'inspect', 'attachment', ...chosen, ...args], options);
    if (answer.exitCode !== 0) return undefined;
    materials.push(...readRecord(answer.lines.join('\n')));
  }
  return materials;
}

/** The record of a build for one platform does not name it. */
function recordNames(platforms: readonly string[]): readonly (readonly string[])[] {
  return platforms.length === 1 ? [[]] : platforms.map((platform) => ['--platform', platform]);
}

function readRecord(untrustedText: string): readonly Material[] {
  try {
    return readProvenance(untrustedText);
  } catch (cause) {
    const message = `the engine's record of the build ${reasonOf(cause)}`;
    throw new ImageBuilderError('engine.failed', message, { exitCode: 0 }, { cause });
  }
}
