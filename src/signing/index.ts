export { openEnvelope } from './envelope/open-envelope.ts';
export { createPayload, readPayload } from './envelope/payload.ts';
export type { SigningKey } from './keys/key-source.ts';
export { type KeySpec, keySpecOf, signRaw } from './keys/key-spec.ts';
export { signDescriptor } from './notation/notation-signer.ts';
export type { RejectionReason } from './signed-envelope.ts';
export { requestTimestamp } from './timestamp/request-timestamp.ts';
export { verifyTimestamp } from './timestamp/verify-timestamp.ts';
