export { readInputs } from './read-inputs.ts';
export { requestIdToken } from './request-id-token.ts';
export type { RunnerFiles } from './runner-files.ts';
export { runnerFiles } from './runner-files.ts';
