import { emptyConfig } from '../../oci/index.ts';
import type { AttachReferrer, RegistryClient } from '../../registry/index.ts';
import type { Signer, SigningTarget } from '../../signers/index.ts';
import { thumbprintOf } from '../certificates/thumbprint.ts';
import type { EnvelopeFormat } from '../envelope/notary-headers.ts';
import type { KeySource, SigningKey } from '../keys/key-source.ts';
import type { SignedEnvelope } from '../signed-envelope.ts';
import type { Timestamping } from '../timestamp/timestamping.ts';
import { findSignatureBy } from '../verify/find-signature-by.ts';
import { notationArtifactType, signDescriptor } from './sign-descriptor.ts';

export interface NotationSignerOptions {
  /** Name of the signer in the configuration. */
  readonly name: string;
  readonly key: KeySource;
  readonly format: EnvelopeFormat;
  /** Without it signatures end with their certificate. */
  readonly timestamping?: Timestamping | undefined;
  /** Who makes the envelope, as `name/version`. */
  readonly signingAgent: string;
}

export interface NotationSignerPorts {
  readonly registry: RegistryClient;
  readonly attach: AttachReferrer;
  readonly clock: () => Date;
  /** Told in one sentence what a person should do something about soon. */
  readonly warn: (message: string) => void;
}

/**
 * Signs by itself and stores the signature beside the artifact. Where one of this key is there already, with a
 * timestamp if there is to be one, nothing is added. Throws `signing.failed`, `signing.unavailable`, and what the
 * registry throws.
 */
export function notationSigner(options: NotationSignerOptions, ports: NotationSignerPorts): Signer {
  const { name, timestamping } = options;
  return {
    name,
    kind: 'notation',
    check: async () => {
      const [{ warnings }] = await Promise.all([options.key.open(), timestamping?.check()]);
      for (const warning of warnings) ports.warn(`signer "${name}": ${warning}`);
    },
    sign: async (target) => {
      const { key } = await options.key.open();
      const { registry } = ports;
      const { repository, descriptor } = target;
      const found = await findSignatureBy({ registry, repository }, descriptor, {
        thumbprint: leafThumbprint(key),
        isAsGood: (envelope) => isAsGood(envelope, options),
      });
      if (found !== undefined) return { state: 'attached', signature: found, reused: true };
      const { digest } = await attachSignature({ options, ports, key, target });
      return { state: 'attached', signature: digest, reused: false };
    },
  };
}

/** SHA-256 of the leaf certificate in lower-case hexadecimal. */
export function leafThumbprint({ chain: [leaf] }: Pick<SigningKey, 'chain'>): string {
  return leaf === undefined ? '' : thumbprintOf(leaf);
}

/** A new one would have no end of its own, and the timestamp that is configured now. */
async function isAsGood(
  { expiry, timestampToken, signature }: SignedEnvelope,
  { timestamping }: NotationSignerOptions,
): Promise<boolean> {
  if (expiry !== undefined) return false;
  if (timestamping === undefined) return true;
  return timestampToken !== undefined && timestamping.accepts(timestampToken, signature);
}

interface Attaching {
  readonly options: NotationSignerOptions;
  readonly ports: NotationSignerPorts;
  readonly key: SigningKey;
  readonly target: SigningTarget;
}

async function attachSignature({ options, ports, key, target }: Attaching) {
  const { repository, descriptor, metadata } = target;
  const { name, format, signingAgent, timestamping } = options;
  const { envelope, ...signed } = await signDescriptor({
    signer: name,
    key,
    format,
    descriptor,
    metadata,
    signingAgent,
    signingTime: ports.clock(),
    timestamp: timestamping?.stamp,
  });
  return ports.attach(repository, {
    ...signed,
    subject: descriptor.digest,
    artifactType: notationArtifactType,
    blobs: [emptyConfig.bytes, envelope.bytes],
  });
}
