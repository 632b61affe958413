import * as z from 'zod/mini';
import { deepFreeze, type Problem } from '../core/index.ts';
import { faultsIn, fileProblems, invalid, jitless, problemOf } from './check-document.ts';
import {
  applyOverrides,
  byPrecedence,
  type EffectiveSetting,
  effectiveSettings,
  type Override,
} from './effective-settings.ts';
import { type ConfigPlaces, findConfigFile } from './find-config-file.ts';
import { type Fault, inOrder } from './schema-problems.ts';
import { obsoleteKeys, withDefaults } from './schema-tree.ts';
import { type Settings, settingsSchema } from './settings-schema.ts';
import type { TagChecks } from './tag-template.ts';
import { maxProblems, parseYaml, type YamlDocument } from './yaml-document.ts';
import { printPath, startsWith, valueAt } from './yaml-path.ts';

export interface SettingsSources extends ConfigPlaces {
  readonly overrides?: readonly Override[];
  readonly checks: TagChecks;
}

export interface LoadedSettings {
  /** Deep frozen. */
  readonly settings: Settings;
  /** The same as the file would say it, each value with who decided it. */
  readonly effective: readonly EffectiveSetting[];
  /** Keys that were accepted without having a meaning. */
  readonly warnings: readonly Problem[];
  /** The file that was read. */
  readonly file: string;
}

type SettingsSchema = ReturnType<typeof settingsSchema>;

/**
 * Finds the configuration, checks it as a whole and merges it: flag > environment > file > default. Throws
 * `config.invalid` with every problem, or `config.not-found`.
 */
export async function loadSettings(sources: SettingsSources): Promise<LoadedSettings> {
  const { path, text } = await findConfigFile(sources);
  const parsed = parseYaml(text, path);
  if (parsed.kind === 'refused') throw invalid(path, parsed.problems);
  const { document } = parsed;
  const schema = settingsSchema(sources.checks);
  const overrides = byPrecedence(sources.overrides ?? []);
  const merged = applyOverrides(document.tree, overrides);
  const inFile = [...parsed.problems, ...fileProblems(schema, document)];
  const problems = [...inFile, ...overrideProblems(faultsIn(schema, merged), overrides, inFile.length === 0)];
  if (problems.length > 0) throw invalid(path, problems);
  const complete = withDefaults(schema, merged);
  return {
    settings: deepFreeze(z.parse(schema, complete, jitless)),
    effective: effectiveSettings(complete, document, overrides),
    warnings: obsoleteWarnings(schema, document),
    file: path,
  };
}

/**
 * What is wrong in the merged tree where a flag or a variable decided it. When the file was right on its own, they are
 * to blame for everything, also for what no longer fits to them.
 */
function overrideProblems(
  faults: Generator<Fault>,
  overrides: readonly Override[],
  fileIsRight: boolean,
): readonly Problem[] {
  const last = fileIsRight ? overrides.at(-1) : undefined;
  return [...faults.take(maxProblems)].flatMap((fault) => {
    const override = overrides.findLast(({ path }) => startsWith(fault.path, path)) ?? last;
    return override === undefined ? [] : [{ source: override.name, ...problemOf(fault) }];
  });
}

function obsoleteWarnings(schema: SettingsSchema, document: YamlDocument): readonly Problem[] {
  const warnings = obsoleteKeys(schema, document.tree).map(({ path, obsolete }): Problem => {
    const { reason, replacement, hint } = obsolete;
    const lost = replacement !== undefined && valueAt(document.tree, [replacement]) === undefined;
    const addition = lost ? ', which is not set' : '';
    return {
      source: document.source,
      ...document.locate(path, 'key'),
      path: printPath(path),
      message: `key "${path.at(-1)}" has no effect: ${reason}`,
      hint: `${hint}${addition}`,
    };
  });
  return inOrder(warnings);
}
