import type { Settings } from '../config/index.ts';
import type { BuildPlan } from '../plan/index.ts';

export interface EngineEnvironmentInputs {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly settings: Pick<Settings, 'source' | 'goModules' | 'cache'>;
  readonly plan: Pick<BuildPlan, 'secrets'>;
}

/**
 * What the client of the engine gets to see of our environment: no token that is for somebody else, be it the caller's
 * or one of the configuration. A variable that the plan makes a secret of the build stays.
 */
export function engineEnvironment({
  environment,
  settings,
  plan,
}: EngineEnvironmentInputs): EngineEnvironmentInputs['environment'] {
  const { source, goModules, cache } = settings;
  const logins = [...source.hosts, ...(goModules?.hosts ?? []), ...cache.logins];
  const tokens = ['AUTHORIZATION', ...logins.map(({ tokenVariable }) => tokenVariable)];
  const given = plan.secrets.flatMap((secret) => (secret.kind === 'environment' ? [secret.variable] : []));
  return Object.fromEntries(
    Object.entries(environment).filter(([name]) => !tokens.includes(name) || given.includes(name)),
  );
}
