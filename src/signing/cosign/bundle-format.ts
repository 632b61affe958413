/** Sigstore bundle v0.3; artifact type, type of the layer and type within the JSON are the same. */
export const bundleType = 'application/vnd.dev.sigstore.bundle.v0.3+json';

/** in-toto attestation framework v1.1. */
export const payloadType = 'application/vnd.in-toto+json';
export const statementType = 'https://in-toto.io/Statement/v1';

/** What makes a statement an image signature rather than any other attestation. */
export const signaturePredicate = 'https://sigstore.dev/cosign/sign/v1';

/** At the manifest: what its statement is about. */
export const predicateAnnotation = 'dev.sigstore.bundle.predicateType';

/** What a signature covers: the Pre-Authentication Encoding of DSSE v1. */
export function preAuthEncoding(payload: Uint8Array): Uint8Array {
  const type = Buffer.from(payloadType);
  return Buffer.concat([Buffer.from(`DSSEv1 ${type.length} ${type} ${payload.length} `), payload]);
}
