import type { Clock } from '../../core/index.ts';
import { emptyConfig } from '../../oci/index.ts';
import type { AttachReferrer, RegistryClient } from '../../registry/index.ts';
import type { Signer } from '../../signers/index.ts';
import { bundleType } from './bundle-format.ts';
import { loadCosignKey } from './cosign-key.ts';
import { signBundle } from './sign-bundle.ts';
import { verifyCosign } from './verify-cosign.ts';

export interface CosignSignerOptions {
  /** Name of the signer in the configuration. */
  readonly name: string;
  /** PEM with the private key. */
  readonly keyPath: string;
}

export interface CosignPorts {
  readonly registry: RegistryClient;
  readonly attach: AttachReferrer;
  readonly clock: Clock;
  /** Told in one sentence what a person should do something about. */
  readonly warn: (message: string) => void;
}

/**
 * Signs as `cosign sign --key` does, without a transparency log, and attaches the signature. The key is read anew for
 * every image. Besides `signing.failed` it throws what the registry throws.
 */
export function cosignSigner({ name, keyPath }: CosignSignerOptions, ports: CosignPorts): Signer {
  const { registry, attach, clock } = ports;
  const loadKey = () => loadCosignKey({ signer: name, path: keyPath });
  return {
    name,
    kind: 'cosign',
    check: async () => {
      const { warnings } = await loadKey();
      for (const warning of warnings) ports.warn(`signer "${name}": ${warning}`);
    },
    sign: async ({ repository, descriptor, metadata }) => {
      const key = await loadKey();
      const place = { registry, repository, descriptor };
      const [present] = (await verifyCosign({ ...place, keys: [key.publicKey] })).verified;
      if (present !== undefined) return { state: 'attached', signature: present.digest, reused: true };
      const { bundle, ...signed } = await signBundle({ key, descriptor, metadata, signingTime: clock() });
      const { digest } = await attach(repository, {
        ...signed,
        subject: descriptor.digest,
        artifactType: bundleType,
        blobs: [emptyConfig.bytes, bundle],
      });
      return { state: 'attached', signature: digest, reused: false };
    },
  };
}
