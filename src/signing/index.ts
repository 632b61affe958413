export { confirmCosign } from './confirm/confirm-cosign.ts';
export { confirmNotation } from './confirm/confirm-notation.ts';
export { confirmOrder } from './confirm/confirm-order.ts';
export {
  type Artifact,
  type OwnMetadata,
  ownCosignMetadata,
  ownNotationMetadata,
  type SignedMetadata,
} from './confirm/own-metadata.ts';
export { signedBy } from './confirm/signed-by.ts';
export { loadCosignKey } from './cosign/cosign-key.ts';
export { cosignSigner } from './cosign/cosign-signer.ts';
export { loadCosignKeys } from './cosign/load-cosign-keys.ts';
export { type BundleVerification, verifyCosign } from './cosign/verify-cosign.ts';
export { createDevelopmentKeys } from './development-keys/create-development-keys.ts';
export { keyAlgorithms } from './development-keys/issue-certificate.ts';
export { openEnvelope } from './envelope/open-envelope.ts';
export { createPayload, readPayload } from './envelope/payload.ts';
export type { KeySource, SigningKey } from './keys/key-source.ts';
export { type KeySpec, keySpecOf, signRaw } from './keys/key-spec.ts';
export { localKey } from './keys/local-key.ts';
export { leafThumbprint, notationSigner } from './notation/notation-signer.ts';
export { signDescriptor } from './notation/sign-descriptor.ts';
export type { ServiceRecord } from './service/signing-desk.ts';
export type { SigningService, SigningServiceOptions } from './service/signing-service.ts';
export { startSigningService } from './service/signing-service.ts';
export type { RejectionReason } from './signed-envelope.ts';
export { signifySigner } from './signify/signify-signer.ts';
export { requestTimestamp } from './timestamp/request-timestamp.ts';
export { timestamping } from './timestamp/timestamping.ts';
export { verifyTimestamp } from './timestamp/verify-timestamp.ts';
export { loadTrust, type Trust } from './trust/load-trust.ts';
export { checkCoverage } from './verify/check-coverage.ts';
export type { Verification } from './verify/verification.ts';
export { verifyImage } from './verify/verify-image.ts';
