import type { AdviceSettings } from '../pipeline/index.ts';
import type { BuildPlan } from '../plan/index.ts';
import type { CommandRun } from './commands.ts';
import { nativePlatforms } from './native-platforms.ts';
import type { Prepared } from './prepare.ts';

/** What a build is advised of, by the configuration and by the builder that it will run on. */
export function adviceSettings(
  { console }: Pick<CommandRun, 'console'>,
  { settings }: Pick<Prepared, 'settings'>,
  plan: BuildPlan,
): AdviceSettings {
  const [only] = plan.nodes.length === 1 ? plan.nodes : [];
  return {
    rules: settings.advice,
    nativePlatforms: nativePlatforms({
      plan,
      nodes: settings.builderNodes,
      named: only?.builder,
      environment: console.environment,
      machine: process.arch,
    }),
  };
}
