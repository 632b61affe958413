import type { Verification } from '../verify/verification.ts';

/** In words, why a verification found no signature that counts. */
export function whyNot({ policy, rejected, unexamined }: Omit<Verification, 'verified'>): string {
  if (policy.level === 'skip') return `trust policy "${policy.name}" verifies nothing (its level is "skip")`;
  const [first] = rejected;
  if (first !== undefined) return first.message;
  if (unexamined > 0) return `${unexamined} signatures were not looked at, since there are too many`;
  return 'the registry lists no such signature';
}
