import type { X509Certificate } from '@peculiar/x509';

/** Why a signature does not count. One reason a fault; the words for people are made elsewhere. */
export type RejectionReason =
  | 'envelope.malformed'
  | 'envelope.media-type'
  | 'envelope.critical-header'
  | 'envelope.content-type'
  | 'envelope.scheme'
  | 'envelope.algorithm'
  | 'envelope.signing-time'
  | 'envelope.plugin'
  | 'signature.wrong'
  | 'signature.expired'
  | 'certificate.profile'
  | 'certificate.chain'
  | 'certificate.expired'
  | 'certificate.untrusted'
  | 'certificate.identity'
  | 'certificate.revocation-unknown'
  | 'timestamp.missing'
  | 'timestamp.wrong'
  | 'payload.malformed'
  | 'payload.mismatch'
  | 'manifest.malformed';

/** Thrown by the steps of verification; never leaves the module. */
export class SignatureRejected extends Error {
  override readonly name = 'SignatureRejected';
  readonly reason: RejectionReason;

  constructor(reason: RejectionReason, message: string, options?: { readonly cause?: unknown }) {
    super(message, options);
    this.reason = reason;
  }
}

export type SigningScheme = 'notary.x509' | 'notary.x509.signingAuthority';

/** A signature envelope whose structure, signature and certificate profile were checked; nobody is trusted yet. */
export interface SignedEnvelope {
  readonly format: 'jws' | 'cose';
  readonly payload: Uint8Array;
  readonly scheme: SigningScheme;
  /** Claimed signing time; for signingAuthority the authentic one. */
  readonly signingTime: Date;
  readonly expiry?: Date;
  /** Leaf first, root last; complete and in order. */
  readonly chain: readonly X509Certificate[];
  /** Raw signature bytes, which a timestamp covers. */
  readonly signature: Uint8Array;
  /** DER of the RFC 3161 token. */
  readonly timestampToken?: Uint8Array;
  readonly signingAgent?: string;
}
