import { isFailure } from '../../core/index.ts';
import { type Descriptor, type Digest, printRepository, type Repository } from '../../oci/index.ts';
import type { SigningOutcome, SigningTarget } from '../../signers/index.ts';
import type { SigningOrder } from './parse-signing-request.ts';
import { SigningRefusal } from './signing-refusal.ts';

export interface SigningPorts {
  /** What the registry holds under this digest, from bytes that were hashed; undefined when there is nothing. */
  readonly resolve: (repository: Repository, digest: Digest) => Promise<Descriptor | undefined>;
  /** Signs and attaches; adds nothing where a valid signature of the same key is attached already. */
  readonly sign: (target: SigningTarget) => Promise<SigningOutcome>;
}

/** What became of one order. */
export interface SignedOrder {
  readonly gun: string;
  readonly digest: Digest;
  /** Digest of the signature manifest, where it is known. */
  readonly signature?: Digest;
  /** Whether the signature was there before. */
  readonly reused: boolean;
}

/** Carries out the orders of one request, which the client is entitled to. */
export type CarryOut = (orders: readonly SigningOrder[]) => Promise<readonly SignedOrder[]>;

/**
 * Signs nothing before the registry was found to hold everything, each with the size that the client says. Requests
 * for the same digest at the same time share one signature. Throws `digest-unknown`, `size-mismatch`,
 * `registry-unavailable` or `signing-failed`.
 */
export function orderDesk({ resolve, sign }: SigningPorts): CarryOut {
  const underWay = new Map<string, Promise<SigningOutcome>>();
  const signOnce = (target: SigningTarget, key: string): Promise<SigningOutcome> => {
    const known = underWay.get(key);
    if (known !== undefined) return known;
    const begun = sign(target).finally(() => underWay.delete(key));
    underWay.set(key, begun);
    return begun;
  };
  return async (orders) => {
    const targets: SigningTarget[] = [];
    for (const order of orders) targets.push(await targetOf(order, resolve));
    const signed: SignedOrder[] = [];
    for (const target of targets) {
      const gun = printRepository(target.repository);
      const { digest } = target.descriptor;
      const { signature, reused } = await signOnce(target, `${gun}@${digest}`).catch(signingFailed);
      signed.push({ gun, digest, reused, ...(signature === undefined ? {} : { signature }) });
    }
    return signed;
  };
}

async function targetOf(order: SigningOrder, resolve: SigningPorts['resolve']): Promise<SigningTarget> {
  const { repository, digest, size, tags } = order;
  const descriptor = await resolve(repository, digest).catch(registryFailed);
  if (descriptor === undefined || descriptor.digest !== digest)
    throw new SigningRefusal(
      'digest-unknown',
      `"${printRepository(repository)}" holds no manifest ${digest}`,
    );
  if (descriptor.size !== size)
    throw new SigningRefusal(
      'size-mismatch',
      `${digest} has ${descriptor.size} bytes, the request says ${size}`,
    );
  return { repository, descriptor, tags, metadata: {} };
}

function registryFailed(cause: unknown): never {
  throw isFailure(cause)
    ? new SigningRefusal('registry-unavailable', 'the registry gives no answer', { cause })
    : cause;
}

function signingFailed(cause: unknown): never {
  throw isFailure(cause)
    ? new SigningRefusal('signing-failed', 'the service could not sign', { cause })
    : cause;
}
