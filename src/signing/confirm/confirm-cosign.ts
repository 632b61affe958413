import { ImageBuilderError } from '../../core/index.ts';
import type { RegistryClient } from '../../registry/index.ts';
import type { ConfirmSignature } from '../../signers/index.ts';
import { loadCosignKey } from '../cosign/cosign-key.ts';
import type { CosignPublicKey } from '../cosign/cosign-public-key.ts';
import { verifyCosign } from '../cosign/verify-cosign.ts';
import { nameOf } from '../signify/signify-request.ts';

export interface CosignConfirmOptions {
  /** Name of the signer in the configuration. */
  readonly name: string;
  /** PEM with its private key. */
  readonly keyPath: string;
  /** Keys that verifiers trust; when there is none, the signer's own. */
  readonly trusted: readonly CosignPublicKey[];
}

/** Finds the very signature that the cosign signer attached, and verifies it with the keys that are trusted. */
export function confirmCosign(
  { name, keyPath, trusted }: CosignConfirmOptions,
  { registry }: { readonly registry: RegistryClient },
): ConfirmSignature {
  return async (target, { signature }) => {
    const { repository, descriptor } = target;
    const keys =
      trusted.length > 0 ? trusted : [(await loadCosignKey({ signer: name, path: keyPath })).publicKey];
    const { verified, rejected } = await verifyCosign({ registry, repository, descriptor, keys });
    const found = verified.find(({ digest }) => digest === signature);
    if (found !== undefined) return { digest: found.digest, signedBy: `SHA256:${found.key}` };
    const reason = rejected.find(({ digest }) => digest === signature)?.message;
    const image = nameOf(target);
    throw new ImageBuilderError(
      'signing.failed',
      `signer "${name}": its signature of "${image}" does not count: ${reason ?? 'the registry lists no such signature'}`,
      { signer: name, failed: [image] },
      { hint: 'verifiers trust the keys under "trust.cosign-keys" in the configuration' },
    );
  };
}
