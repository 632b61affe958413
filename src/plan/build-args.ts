import { ImageBuilderError } from '../core/index.ts';

export type NamedValue = readonly [name: string, value: string];

export interface BuildArgSources {
  /** As the caller wrote them: `NAME=value`, any character in the value, or `NAME`. */
  readonly requested: readonly string[];
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Passed whatever the caller says; their names cannot be asked for. */
  readonly fixed: readonly NamedValue[];
}

const namePattern = /^[A-Za-z_][A-Za-z0-9_.-]*$/;

/** The build args of a build, the fixed ones first. Throws `request.invalid` naming the argument. */
export function resolveBuildArgs(sources: BuildArgSources): readonly NamedValue[] {
  const args = new Map(sources.fixed);
  const reserved = new Set(args.keys());
  for (const text of sources.requested) {
    const [name, value] = readBuildArg(text, sources.environment);
    if (reserved.has(name)) throw invalid(`build argument "${name}" is set by image-builder`, 'leave it out');
    if (args.has(name) && args.get(name) !== value) {
      throw invalid(`build argument "${name}" is given twice with different values`, 'keep one of them');
    }
    args.set(name, value);
  }
  return [...args];
}

function readBuildArg(text: string, environment: BuildArgSources['environment']): NamedValue {
  const split = text.indexOf('=');
  const name = split < 0 ? text : text.slice(0, split);
  if (!namePattern.test(name)) {
    throw invalid(
      `build argument "${name}" has no valid name`,
      'expected NAME=value; a name has letters, digits and "_"',
    );
  }
  const value = split < 0 ? environment[name] : text.slice(split + 1);
  if (value === undefined) {
    throw invalid(
      `build argument "${name}" has no value and the environment has none`,
      `set ${name}, or write ${name}=value`,
    );
  }
  if (value.includes('\0')) throw invalid(`build argument "${name}" holds a zero byte`, 'remove it');
  return [name, value];
}

function invalid(message: string, hint: string): ImageBuilderError {
  return new ImageBuilderError('request.invalid', message, { field: 'build-arg' }, { hint });
}
