import type { Descriptor, Repository } from '../../oci/index.ts';
import { loadCosignKey } from '../cosign/cosign-key.ts';
import { verifyCosign } from '../cosign/verify-cosign.ts';
import { leafThumbprint } from '../notation/notation-signer.ts';
import { trustOnly } from '../trust/trust-only.ts';
import type { VerifiedSignature } from '../verify/verification.ts';
import { verifyImage } from '../verify/verify-image.ts';
import type { CosignConfirmOptions } from './confirm-cosign.ts';
import type { ConfirmPorts, NotationConfirmOptions } from './confirm-notation.ts';

export type SignedMetadata = Readonly<Record<string, string>>;

/** An artifact as one repository has it. */
export interface Artifact {
  readonly repository: Repository;
  readonly descriptor: Descriptor;
}

/**
 * What a signer wrote beside the digest of an artifact, in each signature that its own key made and that counts today.
 * Nobody else can make it say anything. Throws what the registry throws when it is down or refuses.
 */
export type ReadOwnMetadata = (artifact: Artifact) => Promise<readonly SignedMetadata[]>;

/** Of the embedded signer; the trust policy, where there is one, must accept the signature too. */
export function ownNotationMetadata(
  { key: source, trust }: NotationConfirmOptions,
  { registry, clock }: ConfirmPorts,
): ReadOwnMetadata {
  return async (artifact) => {
    const { key } = await source.open();
    const judge = trust ?? trustOnly(key.chain.slice(-1));
    const { verified } = await verifyImage({ registry, ...artifact, trust: judge, now: clock() });
    return verified
      .filter((signature) => signature.thumbprint === leafThumbprint(key) && isFaultless(signature))
      .map(({ metadata }) => metadata);
  };
}

/** A policy may only log that it knows nobody of the chain, or that the signature has ended. */
function isFaultless({ logged }: VerifiedSignature): boolean {
  return logged.every(({ reason }) => reason === 'certificate.revocation-unknown');
}

/** Of the cosign signer; where keys are trusted, its own must be among them. */
export function ownCosignMetadata(
  { name, keyPath, trusted }: CosignConfirmOptions,
  { registry }: Pick<ConfirmPorts, 'registry'>,
): ReadOwnMetadata {
  return async (artifact) => {
    const { publicKey } = await loadCosignKey({ signer: name, path: keyPath });
    const isTrusted = trusted.some(({ fingerprint }) => fingerprint === publicKey.fingerprint);
    if (trusted.length > 0 && !isTrusted) return [];
    const { verified } = await verifyCosign({ registry, ...artifact, keys: [publicKey] });
    return verified.map(({ metadata }) => metadata);
  };
}
