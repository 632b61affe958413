import type { Digest } from '../../oci/index.ts';
import type { RejectionReason } from '../signed-envelope.ts';
import type { Level } from '../trust/verification-level.ts';

export interface Rejection {
  readonly reason: RejectionReason;
  readonly message: string;
}

/** A signature that does not count, and why. */
export interface RejectedSignature extends Rejection {
  /** Of its manifest. */
  readonly digest: Digest;
}

/** A signature that counts: who signed this artifact, and when. */
export interface VerifiedSignature {
  /** Of its manifest. */
  readonly digest: Digest;
  /** Whether the registry lists it as a signature; notation and others look at nothing else. */
  readonly listed: boolean;
  readonly format: 'jws' | 'cose';
  /** Subject of the leaf certificate as RFC 4514 writes it. */
  readonly signer: string;
  /** SHA-256 of the leaf certificate in lower-case hexadecimal. */
  readonly thumbprint: string;
  /** As the signer claims it. */
  readonly signingTime: Date;
  /** The bounds that a trusted authority vouches for, where the policy asked for a timestamp. */
  readonly timestamp?: { readonly earliest: Date; readonly latest: Date };
  /** From then on it does not count. */
  readonly expiry?: Date;
  /** What the signer wrote beside the artifact's digest. */
  readonly metadata: Readonly<Record<string, string>>;
  /** Faults that the policy only logs. */
  readonly logged: readonly Rejection[];
}

/** What became of the candidates that were looked at. */
export interface Examination<T> {
  readonly verified: readonly T[];
  readonly rejected: readonly RejectedSignature[];
  /** How many more there are, which nobody looked at. */
  readonly unexamined: number;
}

/** What a verifier found. Nothing in `verified` means: do not trust, whatever the level, `skip` included. */
export interface Verification extends Examination<VerifiedSignature> {
  readonly policy: { readonly name: string; readonly level: Level };
}
