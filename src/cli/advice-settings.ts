import type { Settings } from '../config/index.ts';
import type { AdviceSettings } from '../pipeline/index.ts';
import type { BuildPlan } from '../plan/index.ts';
import type { CommandRun } from './commands.ts';
import { nativePlatforms } from './native-platforms.ts';

/** What a build is advised of, by the configuration and by the builders that it runs on. */
export function adviceSettings(
  { console }: Pick<CommandRun, 'console'>,
  { advice, builderNodes }: Pick<Settings, 'advice' | 'builderNodes'>,
  { nodes }: Pick<BuildPlan, 'nodes'>,
): AdviceSettings {
  const facts = { configured: builderNodes, environment: console.environment, machine: process.arch };
  return {
    rules: advice,
    nodes: nodes.map((node) => ({
      platforms: node.platforms,
      nativePlatforms: nativePlatforms(node, facts),
    })),
  };
}
