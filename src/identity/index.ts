export { bindRequest } from './bind-request.ts';
export type { Caller } from './caller.ts';
export {
  canonicalRequest,
  type RemoteRequest,
  type RequestedSource,
  requestAudience,
} from './canonical-request.ts';
export { type CheckedRequest, checkSource, type RefReader } from './check-source.ts';
export { openIssuerKeys } from './issuer-keys.ts';
export { rejected } from './rejection.ts';
export { trustedIssuers } from './trusted-issuer.ts';
export { type Trust, verifyToken } from './verify-token.ts';
