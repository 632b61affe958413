export type { BuildRequest } from './build-request.ts';
export { type ParsedRequest, parseRemoteRequest } from './parse-remote-request.ts';
