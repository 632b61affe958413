import { type LoadedSettings, loadSettings } from '../config/index.ts';
import { checkTemplate, checkValidationPattern } from '../tags/index.ts';
import type { CommandRun } from './commands.ts';
import { one } from './one.ts';
import { shippedConfig } from './shipped-config.ts';

export interface Configuration extends Omit<LoadedSettings, 'warnings'> {
  /** One line each. */
  readonly warnings: readonly string[];
}

/** Finds and reads the configuration that this command line works with. */
export async function loadConfiguration(
  { args, console }: Pick<CommandRun, 'args' | 'console'>,
  checkoutRoot: string | undefined,
): Promise<Configuration> {
  const loaded = await loadSettings({
    file: one(args, 'config'),
    env: console.environment,
    checkoutRoot,
    shippedConfig: shippedConfig(),
    checks: { checkTemplate, checkPattern: checkValidationPattern },
  });
  const warnings = loaded.warnings.map(
    ({ source, line, message, hint }) =>
      `${source}:${line}: ${message}${hint === undefined ? '' : `; ${hint}`}`,
  );
  return { ...loaded, warnings };
}
