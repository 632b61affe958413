import { ImageBuilderError } from '../core/index.ts';
import type { Environment } from './environment.ts';

/** The inputs of an action, without white space around them. The runner does not see to it that any is given. */
export interface ActionInputs<Name extends string> {
  /** Empty when it is not given. */
  readonly text: (name: Name) => string;
  /** Throws `usage.invalid` when it is not given. */
  readonly required: (name: Name) => string;
  /** False when it is not given. Throws `usage.invalid` for what is no boolean of YAML 1.2. */
  readonly flag: (name: Name) => boolean;
  /** One item a line; empty lines do not count. */
  readonly lines: (name: Name) => readonly string[];
}

/** YAML 1.2, 10.3.2, the core schema. */
const booleans: ReadonlyMap<string, boolean> = new Map([
  ...(['true', 'True', 'TRUE'] as const).map((word) => [word, true] as const),
  ...(['false', 'False', 'FALSE'] as const).map((word) => [word, false] as const),
]);

/** Reads these inputs as the runner hands them over: `build-args` is in `INPUT_BUILD-ARGS`. */
export function readInputs<const Name extends string>(
  environment: Environment,
  names: readonly Name[],
): ActionInputs<Name> {
  const values = new Map(names.map((name) => [name, environment[variableOf(name)]?.trim() ?? '']));
  const text = (name: Name) => values.get(name) ?? '';
  const required = (name: Name) => text(name) || missing(name);
  const lines = (name: Name) =>
    text(name)
      .split('\n')
      .map((line) => line.trim())
      .filter((line) => line !== '');
  return { text, required, flag: (name) => parseFlag(name, text(name)), lines };
}

function variableOf(name: string): string {
  return `INPUT_${name.replaceAll(' ', '_').toUpperCase()}`;
}

function parseFlag(name: string, untrustedText: string): boolean {
  const value = untrustedText === '' ? false : booleans.get(untrustedText);
  if (value !== undefined) return value;
  throw new ImageBuilderError(
    'usage.invalid',
    `input "${name}" is "${untrustedText}", expected true or false`,
    { argument: name },
  );
}

function missing(name: string): never {
  throw new ImageBuilderError('usage.invalid', `input "${name}" is not given`, { argument: name });
}
