import { exitCodes, isFailure } from '../core/index.ts';
import type { Digest } from '../oci/index.ts';
import type { ConfirmSignature, Signer, SigningTarget } from './signer.ts';

/** A signer, and how its signatures are looked for afterwards. */
export interface ConfiguredSigner {
  readonly signer: Signer;
  readonly confirm: ConfirmSignature;
}

/** What one signer did for one target. */
export interface TargetSignature {
  /** Name of the signer in the configuration. */
  readonly signer: string;
  readonly kind: Signer['kind'];
  /** `requested`: a service took the order, and nobody looked for the signature. */
  readonly state: 'verified' | 'requested';
  /** Whether it was there before. */
  readonly reused: boolean;
  /** Of the signature manifest. */
  readonly signature?: Digest;
  /** Subject of the certificate, or fingerprint of the key. */
  readonly signedBy?: string;
  readonly signingTime?: Date;
}

/** What became of one target. */
export interface TargetOutcome {
  readonly signatures: readonly TargetSignature[];
  /** Of several failures the one to tell; absent when every signer signed. */
  readonly failure?: { readonly error: unknown };
}

/** Has a target signed by every signer, and looks for each signature as a verifier would. Does not throw. */
export async function signTarget(
  signers: readonly ConfiguredSigner[],
  target: SigningTarget,
): Promise<TargetOutcome> {
  const results = await Promise.allSettled(signers.map((signer) => signAndConfirm(signer, target)));
  const signatures = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
  const failures = results.flatMap((result) => (result.status === 'rejected' ? [result.reason] : []));
  return failures.length === 0 ? { signatures } : { signatures, failure: { error: worstOf(failures) } };
}

async function signAndConfirm(
  { signer, confirm }: ConfiguredSigner,
  target: SigningTarget,
): Promise<TargetSignature> {
  const { name, kind } = signer;
  const outcome = await signer.sign(target);
  const confirmed = await confirm(target, outcome);
  const { reused } = outcome;
  if (confirmed === undefined) return { signer: name, kind, state: 'requested', reused };
  const { digest, ...rest } = confirmed;
  return { signer: name, kind, state: 'verified', reused, signature: digest, ...rest };
}

/** The failure to tell of several: one that a retry cannot mend says more than one that it can. */
export function worstOf(failures: readonly unknown[]): unknown {
  return failures.find((failure) => !isFailure(failure) || exitCodes[failure.code] !== 5) ?? failures[0];
}
