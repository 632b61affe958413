import type { Settings } from '../config/index.ts';
import type { BuildPlan } from '../plan/index.ts';

export interface BuilderFacts {
  readonly configured: readonly Pick<Settings['builderNodes'][number], 'name' | 'builder' | 'platforms'>[];
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** The processor of this machine, as Node names it. */
  readonly machine: string;
}

/** Architectures by Node's names for them, where OCI has another one. */
const architectures: Readonly<Record<string, string>> = { x64: 'amd64', ia32: '386', ppc64: 'ppc64le' };

/**
 * What a node of a plan runs without emulation, its own platform first: what the configuration says of it, or the
 * platform of this machine. Empty for a builder that is neither, of which nobody knows.
 */
export function nativePlatforms(
  { name, builder }: Pick<BuildPlan['nodes'][number], 'name' | 'builder'>,
  { configured, environment, machine }: BuilderFacts,
): readonly string[] {
  const known = configured.find((node) => node.name === name && node.builder === builder);
  if (known !== undefined) return known.platforms;
  const elsewhere = builder !== undefined || /^(?:tcp|ssh|https?):/.test(environment.DOCKER_HOST ?? '');
  return elsewhere ? [] : [`linux/${architectures[machine] ?? machine}`];
}
