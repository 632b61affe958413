import type { Descriptor, Repository } from '../../oci/index.ts';
import { loadCosignKey } from '../cosign/cosign-key.ts';
import type { CosignPublicKey } from '../cosign/cosign-public-key.ts';
import { loadCosignKeys } from '../cosign/load-cosign-keys.ts';
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
 * Nobody else can make it say anything. No private key is needed where the public half is at hand. Throws what the
 * registry throws when it is down or refuses.
 */
export interface OwnMetadata {
  /** Throws `signing.failed` where the signer's own signatures cannot be told from those of others. */
  check(): Promise<void>;
  read(artifact: Artifact): Promise<readonly SignedMetadata[]>;
}

/** Of the embedded signer; the trust policy, where there is one, must accept the signature too. */
export function ownNotationMetadata(
  { key: source, trust }: NotationConfirmOptions,
  { registry, clock }: ConfirmPorts,
): OwnMetadata {
  return {
    check: async () => {
      await source.chain();
    },
    read: async (artifact) => {
      const chain = await source.chain();
      const own = leafThumbprint({ chain });
      const judge = trust ?? trustOnly(chain.slice(-1));
      const { verified } = await verifyImage({ registry, ...artifact, trust: judge, now: clock() });
      return verified
        .filter((signature) => signature.thumbprint === own && isFaultless(signature))
        .map(({ metadata }) => metadata);
    },
  };
}

/** A policy may only log that it knows nobody of the chain, or that the signature has ended. */
function isFaultless({ logged }: VerifiedSignature): boolean {
  return logged.every(({ reason }) => reason === 'certificate.revocation-unknown');
}

export interface OwnCosignOptions extends CosignConfirmOptions {
  /** PEM with the public key alone; without one the private key is read. */
  readonly publicKeyPath?: string | undefined;
}

/** Of the cosign signer; where keys are trusted, its own must be among them. */
export function ownCosignMetadata(
  options: OwnCosignOptions,
  { registry }: Pick<ConfirmPorts, 'registry'>,
): OwnMetadata {
  return {
    check: async () => {
      await ownKeys(options);
    },
    read: async (artifact) => {
      const keys = (await ownKeys(options)).filter((key) => isTrusted(key, options.trusted));
      if (keys.length === 0) return [];
      const { verified } = await verifyCosign({ registry, ...artifact, keys });
      return verified.map(({ metadata }) => metadata);
    },
  };
}

/** One. */
async function ownKeys(options: OwnCosignOptions): Promise<readonly CosignPublicKey[]> {
  const { name, keyPath, publicKeyPath } = options;
  if (publicKeyPath !== undefined) return loadCosignKeys([publicKeyPath]);
  return [(await loadCosignKey({ signer: name, path: keyPath })).publicKey];
}

function isTrusted(key: CosignPublicKey, trusted: readonly CosignPublicKey[]): boolean {
  return trusted.length === 0 || trusted.some(({ fingerprint }) => fingerprint === key.fingerprint);
}
