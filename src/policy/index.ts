export { decide } from './decide.ts';
export { repositoryBelow } from './decide-destinations.ts';
export { eventOfJobType, jobTypeOf } from './job-type.ts';
export { judgeBases, restrictsBases } from './judge-bases.ts';
export { isProductionEvent } from './production-event.ts';
export type { BuildQuestion } from './question.ts';
export { type CaseResult, runCase } from './run-case.ts';
export type { Allowed, Denied } from './verdict.ts';
export { denialOf } from './verdict.ts';
