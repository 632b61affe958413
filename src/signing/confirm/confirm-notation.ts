import { ImageBuilderError } from '../../core/index.ts';
import type { RegistryClient } from '../../registry/index.ts';
import type { ConfirmSignature, SigningTarget } from '../../signers/index.ts';
import type { KeySource } from '../keys/key-source.ts';
import { nameOf } from '../signify/signify-request.ts';
import type { Trust } from '../trust/load-trust.ts';
import { trustOnly } from '../trust/trust-only.ts';
import { verifyImage } from '../verify/verify-image.ts';
import { whyNot } from './why-not.ts';

export interface NotationConfirmOptions {
  /** Name of the signer in the configuration. */
  readonly name: string;
  readonly key: KeySource;
  /** Whom verifiers trust; without it, the authority of the signer's own certificate. */
  readonly trust: Trust | undefined;
}

export interface ConfirmPorts {
  readonly registry: RegistryClient;
  readonly clock: () => Date;
}

/** Finds the very signature that the embedded signer attached, and has it judged by the trust policy. */
export function confirmNotation(options: NotationConfirmOptions, ports: ConfirmPorts): ConfirmSignature {
  return async (target, { signature }) => {
    const { repository, descriptor } = target;
    const trust = options.trust ?? (await trustInOwnKey(options.key));
    const verification = await verifyImage({
      registry: ports.registry,
      repository,
      descriptor,
      trust,
      now: ports.clock(),
    });
    const found = verification.verified.find(({ digest, listed }) => listed && digest === signature);
    if (found === undefined) {
      const rejected = verification.rejected.filter(({ digest }) => digest === signature);
      throw doesNotCount(options.name, target, whyNot({ ...verification, rejected }));
    }
    return { digest: found.digest, signedBy: found.signer, signingTime: found.signingTime };
  };
}

async function trustInOwnKey(source: KeySource): Promise<Trust> {
  const { key } = await source.open();
  return trustOnly(key.chain.slice(-1));
}

function doesNotCount(signer: string, target: SigningTarget, reason: string): ImageBuilderError {
  const name = nameOf(target);
  return new ImageBuilderError(
    'signing.failed',
    `signer "${signer}": its signature of "${name}" does not count: ${reason}`,
    { signer, failed: [name] },
    { hint: 'what verifiers trust is in the directory that "trust" names in the configuration' },
  );
}
