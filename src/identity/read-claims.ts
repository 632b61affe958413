import { rejected } from './rejection.ts';
import type { TrustedIssuer } from './trusted-issuer.ts';
import { type Members, textOf } from './unverified-token.ts';

/** What a token says about a build, by the names that issuers give it; GitHub's are all texts. */
const knownClaims = {
  repository: { claim: 'repository', pattern: /^[\w.-]+\/[\w.-]+$/ },
  owner: { claim: 'repository_owner', pattern: /^[\w.-]+$/ },
  event: { claim: 'event_name', pattern: /^[a-z_]+$/ },
  ref: { claim: 'ref', pattern: /^refs\/[^\s]+$/ },
  sha: { claim: 'sha', pattern: /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/ },
  runId: { claim: 'run_id', pattern: /^[0-9]{1,20}$/ },
  buildNumber: { claim: 'build_number', pattern: /^[0-9]{1,20}$/ },
  refProtected: { claim: 'ref_protected', pattern: /^(?:true|false)$/ },
  workflow: { claim: 'job_workflow_ref', pattern: /^[^\s]+$/ },
} as const;

export type ClaimKey = keyof typeof knownClaims;

/** Each in the form that it should have; absent where the issuer does not say it. */
export type CallerClaims = { readonly [Key in ClaimKey]?: string };

/** The name that tokens have for a claim. */
export function claimName(key: ClaimKey): string {
  return knownClaims[key].claim;
}

/**
 * Reads a token's claims; those that its issuer requires are there, with one of the values that it allows. Comparison
 * is exact: case, form and look-alikes count. Throws `identity.rejected`.
 */
export function readClaims(claims: Members, { requiredClaims }: TrustedIssuer): CallerClaims {
  for (const { name, values } of requiredClaims) {
    const value = claimText(claims, name);
    if (values === undefined || values.includes(value)) continue;
    throw rejected(name, 'not-allowed', `allowed: ${values.map((text) => `"${text}"`).join(', ')}`);
  }
  const known = Object.entries(knownClaims).flatMap(([key, { claim, pattern }]) => {
    if (!claims.has(claim)) return [];
    const value = claimText(claims, claim);
    if (!pattern.test(value)) throw rejected(claim, 'malformed');
    return [[key, value] as const];
  });
  return Object.fromEntries(known);
}

/** Jenkins counts builds in whole numbers. */
function claimText(claims: Members, name: string): string {
  const value = claims.get(name);
  return name === 'build_number' && Number.isSafeInteger(value) ? String(value) : textOf(claims, name);
}
