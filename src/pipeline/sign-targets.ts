import { type Clock, isFailure, reasonOf } from '../core/index.ts';
import { digestHex, printRepository } from '../oci/index.ts';
import type { EmitProgress } from '../progress/index.ts';
import { type PlatformTarget, type SigningTarget, type TargetSignature, worstOf } from '../signing/index.ts';

/** What is signed, with the signatures of every signer. */
export interface SignedTarget {
  readonly target: PlatformTarget;
  readonly signatures: readonly TargetSignature[];
}

export interface TargetSigning {
  readonly targets: readonly PlatformTarget[];
  readonly sign: (target: SigningTarget) => Promise<readonly TargetSignature[]>;
  readonly emit: EmitProgress;
  readonly clock: Clock;
}

export interface SigningResult {
  /** What was signed by every signer. */
  readonly signed: readonly SignedTarget[];
  /** Of several failures the one to tell; absent when all is signed. */
  readonly failure?: { readonly error: unknown };
}

/** Has targets signed side by side, each a step of the stage. All are over when it resolves; does not throw. */
export async function signTargets(signing: TargetSigning): Promise<SigningResult> {
  const works = signing.targets.map((target) => signOne(signing, target));
  const results = await Promise.allSettled(works);
  const signed = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
  const failures = results.flatMap((result) => (result.status === 'rejected' ? [result.reason] : []));
  return failures.length === 0 ? { signed } : { signed, failure: { error: worstOf(failures) } };
}

async function signOne(signing: TargetSigning, target: PlatformTarget): Promise<SignedTarget> {
  const { sign, emit, clock } = signing;
  const { repository, descriptor, platform } = target;
  const name = printRepository(repository);
  const id = `sign:${name}@${descriptor.digest}`;
  const untrustedName = `${name}@${digestHex(descriptor.digest).slice(0, 12)}`;
  emit({
    kind: 'step-started',
    id,
    stage: 'sign',
    untrustedName,
    ...(platform === undefined ? {} : { platform }),
  });
  const started = clock().getTime();
  const finish = (outcome: 'done' | 'failed' | 'cancelled', error?: unknown) => {
    const seconds = (clock().getTime() - started) / 1000;
    const reason = error === undefined ? {} : { untrustedError: reasonOf(error) };
    emit({ kind: 'step-finished', id, outcome, seconds, ...reason });
  };
  try {
    const signatures = await sign(target);
    finish('done');
    return { target, signatures };
  } catch (error) {
    finish(isFailure(error, 'cancelled') ? 'cancelled' : 'failed', error);
    throw error;
  }
}
