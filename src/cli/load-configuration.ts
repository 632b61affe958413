import { dirname, resolve } from 'node:path';
import { type LoadedSettings, loadSettings, shippedConfig } from '../config/index.ts';
import { checkTemplate, checkValidationPattern } from '../tags/index.ts';
import type { CommandRun } from './commands.ts';
import { one } from './one.ts';

export interface Configuration extends Omit<LoadedSettings, 'warnings'> {
  /** One line each. */
  readonly warnings: readonly string[];
  /** Turns a path of the configuration into an absolute one: it counts from the folder of its file. */
  readonly resolvePath: (path: string) => string;
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
  const folder = resolve(console.directory, dirname(loaded.file));
  return { ...loaded, warnings, resolvePath: (path) => resolve(folder, path) };
}
