import { ImageBuilderError, nearest } from '../core/index.ts';
import type { Flag } from './flag.ts';

/** What a command line said: each flag with its values in order; switches hold `true` or `false`. */
export interface Arguments {
  readonly switches: ReadonlyMap<string, boolean>;
  readonly values: ReadonlyMap<string, readonly string[]>;
  readonly positionals: readonly string[];
}

/** As Go's flag package spells booleans, since deployed callers do. */
const booleans: Readonly<Record<string, boolean>> = {
  ...Object.fromEntries(['1', 't', 'T', 'true', 'TRUE', 'True'].map((word) => [word, true])),
  ...Object.fromEntries(['0', 'f', 'F', 'false', 'FALSE', 'False'].map((word) => [word, false])),
};

/**
 * Reads `--flag value`, `--flag=value`, both with one dash too, and switches as `--flag` or `--flag=true|false`;
 * `--` ends the flags. Throws `usage.invalid` for an unknown flag, naming the nearest known one.
 */
export function parseArguments(untrustedArgs: readonly string[], flags: readonly Flag[]): Arguments {
  const known = new Map(flags.map((flag) => [flag.name, flag]));
  const switches = new Map<string, boolean>();
  const values = new Map<string, string[]>();
  const positionals: string[] = [];
  for (let at = 0; at < untrustedArgs.length; at++) {
    const arg = untrustedArgs[at] ?? '';
    if (arg === '--') {
      positionals.push(...untrustedArgs.slice(at + 1));
      break;
    }
    const spelled = /^--?([^=-][^=]*)(?:=([\s\S]*))?$/.exec(arg);
    if (spelled === null) {
      positionals.push(arg);
      continue;
    }
    const flag = flagNamed(spelled[1] ?? '', known);
    const given = spelled[2];
    if (flag.value === undefined) switches.set(flag.name, readSwitch(flag, given));
    else if (given !== undefined) addValue(values, flag, given);
    else addValue(values, flag, nextValue({ flag, next: untrustedArgs[++at], known }));
  }
  return { switches, values, positionals };
}

function flagNamed(name: string, known: ReadonlyMap<string, Flag>): Flag {
  const flag = known.get(name === 'h' ? 'help' : name);
  if (flag !== undefined) return flag;
  const near = nearest(name, known.keys());
  const hint = near === undefined ? 'see --help' : `did you mean "--${near}"? See --help`;
  throw usage(`unknown flag "--${name}"`, `--${name}`, hint);
}

function readSwitch(flag: Flag, given: string | undefined): boolean {
  if (given === undefined) return true;
  const value = booleans[given];
  if (value !== undefined) return value;
  throw usage(
    `flag "--${flag.name}" expects true or false`,
    `--${flag.name}`,
    'a switch is --flag or --flag=true|false',
  );
}

interface NextValue {
  readonly flag: Flag;
  readonly next: string | undefined;
  readonly known: ReadonlyMap<string, Flag>;
}

function nextValue({ flag, next, known }: NextValue): string {
  const looksLikeFlag =
    next !== undefined && /^--/.test(next) && known.has(next.slice(2).split('=')[0] ?? '');
  if (next !== undefined && !looksLikeFlag) return next;
  const hint = looksLikeFlag
    ? `if "${next?.split('=')[0]}" is the value, write --${flag.name}=…`
    : 'see --help';
  throw usage(`flag "--${flag.name}" needs a value ${flag.value}`, `--${flag.name}`, hint);
}

function addValue(values: Map<string, string[]>, flag: Flag, value: string): void {
  const before = values.get(flag.name) ?? [];
  if (before.length > 0 && flag.repeatable !== true) {
    throw usage(`flag "--${flag.name}" is given twice`, `--${flag.name}`, 'give it once');
  }
  values.set(flag.name, [...before, value]);
}

function usage(message: string, argument: string, hint: string): ImageBuilderError {
  return new ImageBuilderError('usage.invalid', message, { argument }, { hint });
}
