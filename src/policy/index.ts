export type { Destination, DestinationDecision, DestinationRules } from './decide-destinations.ts';
export { decideDestinations, isProductionEvent } from './decide-destinations.ts';
export type { SigningDecision, SigningRules } from './decide-signing.ts';
export { decideSigning } from './decide-signing.ts';
