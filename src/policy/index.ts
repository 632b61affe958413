export type { Destination } from './decide-destinations.ts';
export { decideDestinations, isProductionEvent } from './decide-destinations.ts';
export type { SigningDecision } from './decide-signing.ts';
export { decideSigning } from './decide-signing.ts';
