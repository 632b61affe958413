import { SignatureRejected } from '../signed-envelope.ts';
import { authorityFault, type ChainPurpose, leafFault } from './certificate-profile.ts';
import { isIssuedBy } from './issued-by.ts';
import { subjectOf } from './subject.ts';
import type { X509Certificate } from './x509.ts';

/** More than any hierarchy has; keeps an attacker from ordering thousands of signature checks. */
export const longestChain = 20;

/**
 * Checks what the Notary Project signature specification v1.1 demands of a certificate chain apart from time and
 * trust: leaf first, each issued by the next, ending in its only self-signed certificate, each of the right profile.
 * Throws SignatureRejected with `certificate.chain` or `certificate.profile`.
 */
export function checkChain(chain: readonly X509Certificate[], purpose: ChainPurpose): void {
  const orderFault = chainFault(chain);
  if (orderFault) throw new SignatureRejected('certificate.chain', orderFault);
  for (const [depth, certificate] of chain.entries()) {
    const fault = profileFault(certificate, depth, purpose);
    if (fault)
      throw new SignatureRejected('certificate.profile', `certificate ${subjectOf(certificate)} ${fault}`);
  }
}

function chainFault(chain: readonly X509Certificate[]): string | undefined {
  if (chain.length === 0 || chain.length > longestChain)
    return `expected 1 to ${longestChain} certificates, got ${chain.length}`;
  for (const [depth, certificate] of chain.entries()) {
    const issuer = chain[depth + 1];
    const selfSigned = isIssuedBy(certificate, certificate);
    const subject = subjectOf(certificate);
    if (!issuer)
      return selfSigned ? undefined : `chain ends with ${subject}, which is not a self-signed root`;
    if (selfSigned) return `self-signed certificate ${subject} is not the last of the chain`;
    if (!isIssuedBy(certificate, issuer))
      return `certificate ${subject} was not issued by ${subjectOf(issuer)}`;
  }
  return undefined;
}

function profileFault(certificate: X509Certificate, depth: number, purpose: ChainPurpose) {
  try {
    if (depth === 0) return leafFault(certificate, purpose);
    return authorityFault(certificate, { purpose, authoritiesBelow: depth - 1 });
  } catch {
    return 'has an extension or a key that cannot be read';
  }
}
