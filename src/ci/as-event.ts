import { ImageBuilderError } from '../core/index.ts';
import type { Checkout } from './read-checkout.ts';
import type { BuildEvent, SourceState } from './source-state.ts';

/** The event that a checkout is planned or built for, as `--event` and `--pull-request` name it. */
export interface EventChoice {
  readonly event: BuildEvent;
  readonly pullRequest?: number;
}

/** Looks at a checkout as this event would: a pull request needs its number, nothing else may have one. */
export function asEvent(checkout: Checkout, choice: EventChoice): SourceState {
  const { event, pullRequest } = choice;
  if (event === 'pull_request_target' && pullRequest === undefined) {
    throw invalid('event "pull_request_target" needs the number of the pull request', 'add --pull-request N');
  }
  if (event !== 'pull_request_target' && pullRequest !== undefined) {
    throw invalid(
      `event "${event}" has no pull request`,
      'leave --pull-request out, or add --event pull_request_target',
    );
  }
  return { ...checkout, event, ...(pullRequest === undefined ? {} : { pullRequest }) };
}

function invalid(message: string, hint: string): ImageBuilderError {
  return new ImageBuilderError('request.invalid', message, { field: 'event' }, { hint });
}
