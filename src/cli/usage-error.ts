import { ImageBuilderError, nearest } from '../core/index.ts';
import { shortened } from './shortened.ts';

/** What is wrong with a command line; `argument` is the part of it that is. */
export function usageError(
  argument: string,
  message: string,
  hint?: string,
): ImageBuilderError<'usage.invalid'> {
  return new ImageBuilderError('usage.invalid', message, { argument }, { hint });
}

/** A command that does not know the word after its name, with the nearest one that it knows. */
export function unknownAction(
  command: string,
  action: string,
  known: readonly string[],
): ImageBuilderError<'usage.invalid'> {
  const near = nearest(action, known);
  const hint =
    near === undefined
      ? `known: ${known.map((each) => `${command} ${each}`).join(', ')}`
      : `did you mean "${command} ${near}"?`;
  const word = shortened(action);
  return usageError(word, `unknown command "${command} ${word}"`, hint);
}
