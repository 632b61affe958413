export { decide } from './decide.ts';
export { type Destination, repositoryBelow } from './decide-destinations.ts';
export type { SigningDecision } from './decide-signing.ts';
export { type BuildInput, judgeBases, restrictsBases } from './judge-bases.ts';
export { isProductionEvent } from './production-event.ts';
export type { BuildQuestion } from './question.ts';
export type { Allowed, Denied, Verdict } from './verdict.ts';
export { denialOf } from './verdict.ts';
