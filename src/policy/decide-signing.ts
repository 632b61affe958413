import { ImageBuilderError, nearest } from '../core/index.ts';
import { isProductionEvent } from './decide-destinations.ts';

/** The part of `sign-config` that decides who signs. */
export interface SigningRules {
  /** Signer names by `owner/name`, and under `*` for everybody. */
  readonly enabledSigners: Readonly<Record<string, readonly string[]>>;
  readonly signers: readonly { readonly name: string; readonly jobTypes: readonly string[] }[];
}

export type SigningDecision =
  | { readonly kind: 'unsigned'; readonly reason: string }
  | { readonly kind: 'signed-by'; readonly signers: readonly string[] };

export interface SigningQuestion {
  readonly event: string;
  /** owner/name. */
  readonly repository: string;
  readonly rules: SigningRules | undefined;
}

/** What deployed configurations call an event in `job-type`. */
const jobTypes: Readonly<Record<string, string>> = {
  push: 'postsubmit',
  pull_request_target: 'presubmit',
  merge_group: 'merge_group',
  workflow_dispatch: 'workflow_dispatch',
  schedule: 'schedule',
};

/**
 * Decides whether the image must be signed and by whom. Where signing is configured, an event that is to be signed
 * and has no signer is refused: an unsigned image in production is worse than none. Throws `policy.denied`.
 */
export function decideSigning({ event, repository, rules }: SigningQuestion): SigningDecision {
  if (!isProductionEvent(event)) return { kind: 'unsigned', reason: `event "${event}" is never signed` };
  if (rules === undefined) return { kind: 'unsigned', reason: 'the configuration has no "sign-config"' };
  const names = [...(rules.enabledSigners['*'] ?? []), ...ownSigners(rules, repository)];
  const enabled = [...new Set(names)].map((name) => definedSigner(name, rules));
  const job = jobTypes[event] ?? event;
  const signers = enabled.filter((signer) => signer.jobTypes.length === 0 || signer.jobTypes.includes(job));
  if (signers.length === 0) throw nobodySigns(event, repository);
  return { kind: 'signed-by', signers: signers.map((signer) => signer.name) };
}

/** Names of things are no names of signers, even if every object has them. */
function ownSigners({ enabledSigners }: SigningRules, repository: string): readonly string[] {
  return Object.hasOwn(enabledSigners, repository) ? (enabledSigners[repository] ?? []) : [];
}

function definedSigner(name: string, rules: SigningRules): SigningRules['signers'][number] {
  const signer = rules.signers.find((each) => each.name === name);
  if (signer !== undefined) return signer;
  const known = rules.signers.map((each) => each.name);
  const near = nearest(name, known);
  const hint = near === undefined ? 'define it under sign-config.signers' : `did you mean "${near}"?`;
  const message = `signer "${name}" is enabled but not defined`;
  throw new ImageBuilderError('policy.denied', message, { rule: 'sign-config.enabled-signers' }, { hint });
}

function nobodySigns(event: string, repository: string): ImageBuilderError {
  const message = `images of event "${event}" of "${repository}" must be signed and no signer is enabled for them`;
  const hint = 'enable one under sign-config.enabled-signers whose job-type has this event';
  return new ImageBuilderError('policy.denied', message, { rule: 'sign-config.enabled-signers' }, { hint });
}
