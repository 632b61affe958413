import { type ImageBuilderError, isFailure } from '../core/index.ts';

/** Whether an order was sent and nobody can know what became of it, so that one has to look. */
export function isUncertain(error: unknown): error is ImageBuilderError<'azure.unavailable'> {
  return isFailure(error, 'azure.unavailable') && error.details.uncertain === true;
}
