export { withDeadline } from './deadline.ts';
export { deepFreeze } from './deep-freeze.ts';
export type { FailureOptions, Problem } from './errors.ts';
export {
  cancelled,
  exitCodeOf,
  exitCodes,
  ImageBuilderError,
  isFailure,
  reasonOf,
  throwIfCancelled,
  withSubject,
} from './errors.ts';
export { matchesGlob } from './glob.ts';
export { nearest } from './nearest.ts';
export { Secret } from './secret.ts';
export { readStrictJson } from './strict-json.ts';
export type { Clock } from './time.ts';
export { compactDate, humanBytes, humanSeconds, rfc3339 } from './time.ts';
export { untilAborted } from './until-aborted.ts';
