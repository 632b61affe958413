/** What is looked at; the words are those of Notary Project trust policies. */
export const checks = ['integrity', 'authenticity', 'authenticTimestamp', 'expiry', 'revocation'] as const;
export type Check = (typeof checks)[number];

/** `log`: a fault is told and does no harm. */
export const actions = ['enforce', 'log', 'skip'] as const;
export type Action = (typeof actions)[number];

export type Actions = Readonly<Record<Check, Action>>;

export const levels = ['strict', 'permissive', 'audit', 'skip'] as const;
export type Level = (typeof levels)[number];

function enforcing(enforced: readonly Check[], otherwise: Action): Actions {
  const action = (check: Check): Action => (enforced.includes(check) ? 'enforce' : otherwise);
  return Object.fromEntries(checks.map((check) => [check, action(check)])) as Record<Check, Action>;
}

/** Trust store and trust policy specification v1.1, "Signature Verification details". */
export const levelActions: Readonly<Record<Level, Actions>> = {
  strict: enforcing(checks, 'enforce'),
  permissive: enforcing(['integrity', 'authenticity'], 'log'),
  audit: enforcing(['integrity'], 'log'),
  skip: enforcing([], 'skip'),
};

/** Why a policy may not change what its level does; undefined when it may. */
export function overrideFault(check: Check, action: Action): string | undefined {
  if (check === 'integrity') return 'integrity is always enforced';
  if (action === 'skip' && check !== 'revocation')
    return `${check} can be logged, only revocation can be skipped`;
  return undefined;
}
