import type { EffectiveSetting } from './effective-settings.ts';

/** One line of `config check`. */
export interface SettingsRow {
  readonly setting: string;
  readonly value: string;
  /** `image-builder.yaml:12`, `--config`, `default`. */
  readonly source: string;
}

/** Every setting that is in force with its value and its source, as people read them. */
export function settingsTable(effective: readonly EffectiveSetting[]): readonly SettingsRow[] {
  return effective.map(({ path, value, origin }) => ({
    setting: path,
    value: printValue(value),
    source: origin.detail,
  }));
}

function printValue(value: unknown): string {
  if (value === undefined) return '(not set)';
  if (Array.isArray(value)) return value.length === 0 ? '(none)' : value.map(printValue).join(', ');
  if (typeof value === 'object') return '(none)';
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not reach a terminal
  return /^$|[\u0000-\u001f\u007f]/.test(String(value)) ? JSON.stringify(value) : String(value);
}
