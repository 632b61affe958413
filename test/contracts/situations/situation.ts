import type { Sign } from './sign.ts';

/** Members of one policy of a trust policy document. */
export type Policy = Readonly<Record<string, unknown>>;

/** What is expected of two verifiers, us and the real notation. */
export interface Expected {
  /** `accepted`, with the reasons that are only logged; or else what our rejection says. */
  readonly ours: string;
  /** `accepted`, with the checks that are only logged; or else what the rejection of notation says. */
  readonly notation: string;
  /** Why one of us accepts what the other rejects. */
  readonly differs?: string;
}

/** One state of the world, and what is expected of those who verify in it. */
export interface Situation extends Expected {
  readonly title: string;
  /** Laid over a policy that is right for the artifact: strict, store `ca:own`, any identity. */
  readonly policy?: Policy | ((repository: string) => Policy);
  /** Instead of a document with this one policy; a text stands there as it is, and undefined for no file. */
  readonly document?: (policy: Policy) => unknown;
  /** What is attached to the artifact; absent: one right signature. */
  readonly signed?: readonly Sign[];
}

/** A whole trust policy document. */
export function policies(...trustPolicies: readonly unknown[]): Readonly<Record<string, unknown>> {
  return { version: '1.0', trustPolicies };
}

export function verifying(level: unknown, more: Policy = {}): Policy {
  return { signatureVerification: { level, ...more } };
}

export function trusting(...trustStores: readonly unknown[]): Policy {
  return { trustStores };
}

export function naming(...trustedIdentities: readonly unknown[]): Policy {
  return { trustedIdentities };
}

/** A fault of the trust policy or of a trust store. */
export function invalid(ours: string, notation: string): Expected {
  return { ours: `config.invalid: ${ours}`, notation };
}

export const accepted: Expected = { ours: 'accepted', notation: 'accepted' };
export const unsigned: Expected = { ours: 'nothing verified', notation: 'no signature is associated with' };
export const damaged: Expected = { ours: 'signature.wrong: ', notation: 'signature is invalid' };
export const mismatch: Expected = { ours: 'payload.mismatch: ', notation: 'content descriptor mismatch' };
export const untrusted: Expected = {
  ours: 'certificate.untrusted: ',
  notation: 'does not contain any trusted certificate',
};
export const expiredSignature: Expected = {
  ours: 'signature.expired: ',
  notation: 'digital signature has expired on',
};
export const expiredLeaf: Expected = {
  ours: 'certificate.expired: ',
  notation: 'verification time is after certificate',
};
