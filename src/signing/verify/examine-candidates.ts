import { SignatureRejected } from '../signed-envelope.ts';
import type { SignatureCandidate } from './find-candidates.ts';
import type { Examination, RejectedSignature } from './verification.ts';

/** As many as notation looks at by default; who can push could otherwise keep us busy for ever. */
const maxSignatures = 100;

/**
 * Looks at candidates one after the other, since each may fill a good part of the memory. `verify` returns undefined
 * for what is no signature, and throws SignatureRejected for one that does not count.
 */
export async function examineCandidates<T>(
  candidates: readonly SignatureCandidate[],
  verify: (candidate: SignatureCandidate) => Promise<T | undefined>,
): Promise<Examination<T>> {
  const verified: T[] = [];
  const rejected: RejectedSignature[] = [];
  for (const candidate of candidates.slice(0, maxSignatures)) {
    try {
      const signature = await verify(candidate);
      if (signature !== undefined) verified.push(signature);
    } catch (error) {
      if (!(error instanceof SignatureRejected)) throw error;
      rejected.push({ digest: candidate.descriptor.digest, reason: error.reason, message: error.message });
    }
  }
  return { verified, rejected, unexamined: Math.max(0, candidates.length - maxSignatures) };
}
