import { humanSeconds, ImageBuilderError } from '../../core/index.ts';
import type { Sleep } from '../../http/index.ts';
import type { Digest } from '../../oci/index.ts';
import type { ConfirmSignature, SigningTarget } from '../../signers/index.ts';
import { nameOf } from '../signify/signify-request.ts';
import type { Trust } from '../trust/load-trust.ts';
import type { Verification, VerifiedSignature } from '../verify/verification.ts';
import { verifyImage } from '../verify/verify-image.ts';
import type { ConfirmPorts } from './confirm-notation.ts';
import { whyNot } from './why-not.ts';

export interface OrderConfirmOptions {
  /** Name of the signer in the configuration. */
  readonly name: string;
  readonly trust: Trust;
  /** Whether a signature can be the one that was ordered; without knowing whose it is, every foreign one. */
  readonly isExpected: (signature: VerifiedSignature) => Promise<boolean>;
}

export interface OrderConfirmPorts extends ConfirmPorts {
  readonly sleep: Sleep;
  readonly signal: AbortSignal | undefined;
}

/** Milliseconds: a service that signs at once is noticed at once, one that takes its time is not pestered. */
const firstPause = 250;
const longestPause = 4_000;
const longestWait = 60_000;

/** Waits until the signature that a service was asked for is in the registry and counts by the trust policy. */
export function confirmOrder(options: OrderConfirmOptions, ports: OrderConfirmPorts): ConfirmSignature {
  const { clock, registry, sleep, signal } = ports;
  return async (target) => {
    const { repository, descriptor } = target;
    const started = clock().getTime();
    // What counted for nothing before the service could answer says nothing about its answer.
    let ignored: ReadonlySet<Digest> | undefined;
    for (let pause = firstPause; ; pause = Math.min(longestPause, pause * 2)) {
      const now = clock();
      const place = { registry, repository, descriptor };
      const verification = await verifyImage({ ...place, trust: options.trust, now });
      const found = await firstExpected(verification.verified, options);
      ignored ??= new Set(verification.rejected.map(({ digest }) => digest));
      if (found !== undefined)
        return { digest: found.digest, signedBy: found.signer, signingTime: found.signingTime };
      const waited = now.getTime() - started;
      if (waited >= longestWait || verification.policy.level === 'skip')
        throw notThere(options.name, target, { verification: without(verification, ignored), waited });
      await sleep(pause, signal);
    }
  };
}

async function firstExpected(
  verified: readonly VerifiedSignature[],
  { isExpected }: OrderConfirmOptions,
): Promise<VerifiedSignature | undefined> {
  for (const signature of verified) if (signature.listed && (await isExpected(signature))) return signature;
  return undefined;
}

function without(verification: Verification, ignored: ReadonlySet<Digest>): Verification {
  return { ...verification, rejected: verification.rejected.filter(({ digest }) => !ignored.has(digest)) };
}

interface Wait {
  readonly verification: Verification;
  /** Milliseconds. */
  readonly waited: number;
}

function notThere(signer: string, target: SigningTarget, { verification, waited }: Wait): ImageBuilderError {
  const name = nameOf(target);
  const late = verification.rejected.length === 0 && verification.policy.level !== 'skip';
  return new ImageBuilderError(
    late ? 'signing.unavailable' : 'signing.failed',
    `signer "${signer}" took the order, but after ${humanSeconds(waited / 1000)} "${name}" has no signature that counts: ${whyNot(verification)}`,
    { signer, failed: [name] },
    {
      hint: late
        ? 'run it again; a service that keeps its signatures elsewhere needs "read-back: false" in its configuration'
        : 'what verifiers trust is in the directory that "trust" names in the configuration',
    },
  );
}
