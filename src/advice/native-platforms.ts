import { parsePlatform } from '../oci/index.ts';

/** Architectures whose programs a processor runs beside its own. */
const alsoRuns: Readonly<Record<string, readonly string[]>> = { amd64: ['386'], arm64: ['arm'] };

/**
 * Tells which platforms need no emulation on a builder that runs `native` itself. Without any, and for what is not
 * understood, all count as native: advice on emulation is for where it is certain.
 */
export function nativeTest(native: readonly string[]): (platform: string) => boolean {
  const own = native.flatMap((platform) => architectureOf(platform) ?? []);
  const runs = new Set(own.flatMap((architecture) => [architecture, ...(alsoRuns[architecture] ?? [])]));
  return (platform) => {
    const architecture = architectureOf(platform);
    return runs.size === 0 || architecture === undefined || runs.has(architecture);
  };
}

function architectureOf(platform: string): string | undefined {
  return parsePlatform(platform)?.architecture;
}
