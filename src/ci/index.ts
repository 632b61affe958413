export type { EventChoice } from './as-event.ts';
export { asEvent } from './as-event.ts';
export type { Checkout } from './read-checkout.ts';
export { findCheckoutRoot, readCheckout } from './read-checkout.ts';
export type { BuildEvent, SourceReader, SourceState } from './source-state.ts';
export { buildEvents } from './source-state.ts';
