import type { Settings } from '../config/index.ts';
import type { BuildPlan } from '../plan/index.ts';

export interface BuilderFacts {
  readonly plan: Pick<BuildPlan, 'policy'>;
  readonly nodes: readonly Pick<Settings['builderNodes'][number], 'name' | 'builder' | 'platforms'>[];
  /** That all platforms are built on. */
  readonly named: string | undefined;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** The processor of this machine, as Node names it. */
  readonly machine: string;
}

/** Architectures by Node's names for them, where OCI has another one. */
const architectures: Readonly<Record<string, string>> = { x64: 'amd64', ia32: '386', ppc64: 'ppc64le' };

/**
 * What is built without emulation, the builder's own platform first: by the machine of the engine, and by the nodes of
 * the configuration that policy allows. Empty where the builder is none of these, so that nobody knows.
 */
export function nativePlatforms({
  plan,
  nodes,
  named,
  environment,
  machine,
}: BuilderFacts): readonly string[] {
  const { builderNodes } = plan.policy;
  const allowed = nodes.filter(({ name }) => builderNodes?.includes(name) ?? true);
  const builder = named ?? (builderNodes === undefined ? undefined : allowed[0]?.builder);
  const chosen = allowed.find((node) => node.builder === builder)?.platforms;
  const elsewhere = /^(?:tcp|ssh|https?):/.test(environment.DOCKER_HOST ?? '');
  const own = builder === undefined && !elsewhere ? [`linux/${architectures[machine] ?? machine}`] : chosen;
  return own === undefined ? [] : [...new Set([...own, ...allowed.flatMap(({ platforms }) => platforms)])];
}
