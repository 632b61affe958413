import { type Clock, isFailure, reasonOf } from '../core/index.ts';
import { digestHex, printRepository } from '../oci/index.ts';
import type { EmitProgress } from '../progress/index.ts';
import { limiter } from '../registry/index.ts';
import {
  type PlatformTarget,
  type SigningTarget,
  type TargetOutcome,
  type TargetSignature,
  worstOf,
} from '../signers/index.ts';

/** What is signed, with the signatures of every signer. */
export interface SignedTarget {
  readonly target: PlatformTarget;
  readonly signatures: readonly TargetSignature[];
}

export interface TargetSigning {
  readonly targets: readonly PlatformTarget[];
  /** Does not throw. */
  readonly sign: (target: SigningTarget) => Promise<TargetOutcome>;
  readonly emit: EmitProgress;
  readonly clock: Clock;
}

export interface SigningResult {
  /** Every signature that was made, also those of a target that one of its signers failed. */
  readonly signed: readonly SignedTarget[];
  /** Of several failures the one to tell; absent when all is signed. */
  readonly failure?: { readonly error: unknown };
}

/** A signing service has other clients too. */
const atATime = 8;

/** Has targets signed, several at a time, each a step of the stage. All are over when it resolves; does not throw. */
export async function signTargets(signing: TargetSigning): Promise<SigningResult> {
  const limited = limiter(atATime);
  const outcomes = await Promise.all(
    signing.targets.map((target) => limited(() => signOne(signing, target))),
  );
  const signed = outcomes.flatMap(({ signatures }, at) => {
    const target = signing.targets[at];
    return target === undefined || signatures.length === 0 ? [] : [{ target, signatures }];
  });
  const failures = outcomes.flatMap(({ failure }) => (failure === undefined ? [] : [failure.error]));
  return failures.length === 0 ? { signed } : { signed, failure: { error: worstOf(failures) } };
}

async function signOne({ sign, emit, clock }: TargetSigning, target: PlatformTarget): Promise<TargetOutcome> {
  const { repository, descriptor, platform } = target;
  const name = printRepository(repository);
  const id = `sign:${name}@${descriptor.digest}`;
  const untrustedName = `${name}@${digestHex(descriptor.digest).slice(0, 12)}`;
  const named = platform === undefined ? {} : { platform };
  emit({ kind: 'step-started', id, stage: 'sign', untrustedName, ...named });
  const started = clock().getTime();
  const outcome = await sign(target);
  const seconds = (clock().getTime() - started) / 1000;
  emit({ kind: 'step-finished', id, seconds, ...endOf(outcome) });
  return outcome;
}

function endOf({ failure }: TargetOutcome) {
  if (failure === undefined) return { outcome: 'done' } as const;
  const outcome = isFailure(failure.error, 'cancelled') ? 'cancelled' : 'failed';
  return { outcome, untrustedError: reasonOf(failure.error) } as const;
}
