export { checkoutReader } from './checkout-reader.ts';
export { findCheckoutRoot } from './read-checkout.ts';
export type { BuildEvent, SourceReader, SourceState } from './source-state.ts';
export { buildEvents } from './source-state.ts';
