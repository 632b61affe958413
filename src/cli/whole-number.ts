import { ImageBuilderError } from '../core/index.ts';
import { one } from './one.ts';
import type { Arguments } from './parse-arguments.ts';
import { shortened } from './shortened.ts';

/** The whole number that a flag has; undefined when it is not given. Throws `usage.invalid`. */
export function wholeNumber(
  args: Arguments,
  name: string,
  { from, to }: { readonly from: number; readonly to: number },
): number | undefined {
  const text = one(args, name);
  if (text === undefined) return undefined;
  const value = /^[0-9]{1,9}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= from && value <= to) return value;
  throw new ImageBuilderError(
    'usage.invalid',
    `flag "--${name}" expects a whole number from ${from} to ${to}, got "${shortened(text)}"`,
    { argument: `--${name}` },
  );
}
