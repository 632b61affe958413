import { ImageBuilderError } from '../core/index.ts';
import { asEvent, type EventChoice } from './as-event.ts';
import { readCheckout } from './read-checkout.ts';
import type { SourceReader } from './source-state.ts';

export interface CheckoutChoice extends EventChoice {
  /** Any folder of the checkout. */
  readonly directory: string;
  /** `owner/name` in place of what the remote says. */
  readonly repository?: string | undefined;
}

/** A checkout on this machine, seen as the event that its user names. */
export function checkoutReader({ directory, repository, ...choice }: CheckoutChoice): SourceReader {
  return {
    async read(signal) {
      const checkout = await readCheckout(directory, signal);
      return asEvent({ ...checkout, ...named(repository) }, choice);
    },
  };
}

function named(repository: string | undefined): { readonly owner?: string; readonly name?: string } {
  if (repository === undefined) return {};
  const [owner, name, ...rest] = repository.split('/');
  if (owner && name && rest.length === 0) return { owner, name };
  const message = `repository "${repository}" is not understood`;
  throw new ImageBuilderError('request.invalid', message, { field: 'repo' }, { hint: 'expected OWNER/NAME' });
}
