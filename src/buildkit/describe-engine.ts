import type { Engine } from './engine.ts';
import { type InspectEngineOptions, inspectEngine } from './inspect-engine.ts';

/**
 * What of an engine may show in what it builds: the version of its BuildKit, and the platform that its programs run on.
 * Undefined when it does not tell its version, as distributions build it.
 */
export async function describeEngine(
  engine: Engine,
  options: InspectEngineOptions,
): Promise<string | undefined> {
  const { version, platforms } = await inspectEngine(engine, options);
  return version === '' || version.includes('unknown')
    ? undefined
    : `buildkit ${version} on ${platforms[0] ?? 'an unknown platform'}`;
}
