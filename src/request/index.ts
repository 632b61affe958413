export type { BuildRequest } from './build-request.ts';
export { decodeParameters } from './decode-parameters.ts';
export { encodeDeployedParameters, encodeParameters } from './encode-parameters.ts';
export { type ParsedRequest, parseRemoteRequest } from './parse-remote-request.ts';
export { type PipelineParameters, tokenVariable } from './pipeline-parameters.ts';
