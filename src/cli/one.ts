import type { Arguments } from './parse-arguments.ts';

/** The value of a flag that may be given once; an empty one counts as not given. */
export function one(args: Arguments, name: string): string | undefined {
  const value = args.values.get(name)?.at(-1);
  return value === '' ? undefined : value;
}
