import type { X509Certificate } from '@peculiar/x509';
import type { Trust } from './load-trust.ts';
import { levelActions } from './verification-level.ts';

/**
 * Trusts these certificates for every repository, and asks nothing else than a signature that is valid now: for whoever
 * checks a work of their own, and is not asked by anybody whether it was revoked.
 */
export function trustOnly(ca: readonly X509Certificate[]): Trust {
  const policy = {
    name: 'own certificates',
    scopes: ['*'],
    level: 'strict',
    actions: { ...levelActions.strict, revocation: 'skip' },
    verifyTimestamp: 'always',
    identities: 'any',
    stores: { ca, signingAuthority: [], tsa: [] },
  } as const;
  return { path: '', policies: [policy] };
}
