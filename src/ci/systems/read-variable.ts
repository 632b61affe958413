import { ImageBuilderError } from '../../core/index.ts';
import type { Environment } from './ci-build.ts';

/** An environment variable; undefined when it is not set or empty, which CIs do not tell apart. */
export function readVariable(environment: Environment, name: string): string | undefined {
  return environment[name]?.trim() || undefined;
}

/** An environment variable that must be there. Throws `request.invalid`. */
export function requireVariable(environment: Environment, name: string, hint?: string): string {
  const value = readVariable(environment, name);
  if (value !== undefined) return value;
  throw new ImageBuilderError('request.invalid', `variable "${name}" is not set`, { field: name }, { hint });
}

/** A whole number above zero, in the variable's own digits. Throws `request.invalid`. */
export function requireNumber(environment: Environment, name: string): string {
  const text = requireVariable(environment, name);
  if (/^[1-9][0-9]{0,14}$/.test(text)) return text;
  const message = `variable "${name}" is "${text}", expected a whole number above zero`;
  throw new ImageBuilderError('request.invalid', message, { field: name });
}
