export { checkoutReader } from './checkout-reader.ts';
export { commitAt } from './commit-at.ts';
export type { FetchOptions } from './fetch-session.ts';
export { fetchedSource } from './fetch-source.ts';
export type { GitServer } from './git-server.ts';
export { findCheckoutRoot } from './read-checkout.ts';
export type { SourceRequest } from './source-request.ts';
export type { BuildEvent, SourceReader, SourceState } from './source-state.ts';
export { buildEvents } from './source-state.ts';
