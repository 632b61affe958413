import type { X509Certificate } from '@peculiar/x509';
import type { Descriptor, Digest } from '../../oci/index.ts';
import { thumbprintOf } from '../certificates/thumbprint.ts';
import type { SignedEnvelope } from '../signed-envelope.ts';
import { examineCandidates } from './examine-candidates.ts';
import { findCandidates, type SignaturePlace } from './find-candidates.ts';
import { notationKind, openSignature } from './open-signature.ts';

export interface SoughtSigner {
  /** Of its leaf, SHA-256 in lower-case hexadecimal. */
  readonly thumbprint: string;
  /** Whether an envelope of this signer is still as good as a new one. */
  readonly isAsGood: (envelope: SignedEnvelope) => Promise<boolean>;
}

/**
 * Digest of the manifest of a signature that this signer made over this artifact, and that other verifiers find too;
 * undefined when there is none.
 */
export async function findSignatureBy(
  place: SignaturePlace,
  artifact: Descriptor,
  { thumbprint, isAsGood }: SoughtSigner,
): Promise<Digest | undefined> {
  const candidates = await findCandidates(place, artifact, notationKind);
  const listed = candidates.filter(({ certain }) => certain);
  const { verified } = await examineCandidates(listed, async (candidate) => {
    const opened = await openSignature(place, candidate, artifact);
    if (opened === undefined) return undefined;
    const leaf = opened.envelope.chain[0] as X509Certificate;
    const usable = thumbprintOf(leaf) === thumbprint && (await isAsGood(opened.envelope));
    return usable ? candidate.descriptor.digest : undefined;
  });
  return verified[0];
}
