import type { Descriptor, Digest, Repository } from '../oci/index.ts';

/** What is to be signed: an index or a manifest that this repository holds, by digest. */
export interface SigningTarget {
  readonly repository: Repository;
  readonly descriptor: Descriptor;
  /** Tags that will name it; the Signify service signs per tag. */
  readonly tags: readonly string[];
  /** Goes into the signed payload, for example commit, repository and run. */
  readonly metadata: Readonly<Record<string, string>>;
}

/** `requested`: the service took the order, nobody has seen a signature. `attached`: the signature is in the registry. */
export interface SigningOutcome {
  readonly state: 'requested' | 'attached';
  /** Digest of the signature manifest, where we know it. */
  readonly signature?: Digest;
  /** Whether a valid signature of this signer was there before, so that nothing was added. */
  readonly reused: boolean;
}

/** One configured signer. Throws `signing.failed` (the caller can do something) or `signing.unavailable` (a retry is worth it). */
export interface Signer {
  readonly name: string;
  readonly kind: 'notary' | 'notation' | 'cosign';
  /** Start-up checks of keys, certificates, credentials, before anything is built. */
  check(): Promise<void>;
  sign(target: SigningTarget): Promise<SigningOutcome>;
}

/** A signature that was found and verified as a verifier does it. */
export interface ConfirmedSignature {
  /** Of its manifest. */
  readonly digest: Digest;
  /** Subject of the certificate, or fingerprint of the key. */
  readonly signedBy: string;
  /** As the signer claims it, where the format says it. */
  readonly signingTime?: Date;
}

/**
 * Looks for the signature after signing. Undefined when there is nothing that could be looked at; throws
 * `signing.failed` when the signature does not count, `signing.unavailable` when it does not appear.
 */
export type ConfirmSignature = (
  target: SigningTarget,
  outcome: SigningOutcome,
) => Promise<ConfirmedSignature | undefined>;
