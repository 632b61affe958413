import { nearest } from '../core/index.ts';
import { jobTypeOf } from './job-type.ts';
import { isProductionEvent } from './production-event.ts';
import { type Denied, denied } from './verdict.ts';

/** The part of `sign-config` that decides who signs. */
export interface SigningRules {
  /** Signer names by `owner/name`, and under `*` for everybody. */
  readonly enabledSigners: Readonly<Record<string, readonly string[]>>;
  readonly signers: readonly Signer[];
}

interface Signer {
  readonly name: string;
  /** What it signs for; everything when there is none. */
  readonly jobTypes: readonly string[];
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

const enabledSigners = 'sign-config.enabled-signers';

/**
 * Decides by the event whether the image must be signed and by whom. Where signing is configured, an event that is to
 * be signed and has no signer is refused: an unsigned image in production is worse than none.
 */
export function signingByEvent(question: SigningQuestion): SigningDecision | Denied {
  const { event, rules } = question;
  if (!isProductionEvent(event)) return { kind: 'unsigned', reason: `event "${event}" is never signed` };
  if (rules === undefined) return { kind: 'unsigned', reason: 'the configuration has no "sign-config"' };
  return signedByEnabled(question, enabledSigners);
}

/** Decides by what a rule says: every enabled signer, these signers, or none. */
export function signingByRule(
  question: SigningQuestion,
  { name, signing }: { readonly name: string; readonly signing: 'required' | 'none' | readonly string[] },
): SigningDecision | Denied {
  if (signing === 'none') return { kind: 'unsigned', reason: `rule "${name}" asks for no signature` };
  if (signing === 'required') return signedByEnabled(question, name);
  const { event, rules } = question;
  const [idle] = signing.filter((signer) => !signsFor(definedSigner(signer, rules), event));
  if (idle === undefined) return { kind: 'signed-by', signers: signing };
  const reason = `images of event "${event}" must be signed by "${idle}", which does not sign for it`;
  return denied(name, reason, `add "${jobTypeOf(event) ?? event}" to the job-type of the signer`);
}

function signedByEnabled(
  { event, repository, rules }: SigningQuestion,
  by: string,
): SigningDecision | Denied {
  const enabled = new Map(Object.entries(rules?.enabledSigners ?? {}));
  const [everybody = [], own = []] = [enabled.get('*'), enabled.get(repository)];
  const names = [...new Set([...everybody, ...own])];
  const unknown = names.find((name) => definedSigner(name, rules) === undefined);
  if (unknown !== undefined) return undefinedSigner(unknown, { rules, by });
  const signers = names.filter((name) => signsFor(definedSigner(name, rules), event));
  if (signers.length > 0) return { kind: 'signed-by', signers };
  const reason = `images of event "${event}" of "${repository}" must be signed and no signer is enabled for them`;
  return denied(by, reason, 'enable one under sign-config.enabled-signers whose job-type has this event');
}

function definedSigner(name: string, rules: SigningRules | undefined): Signer | undefined {
  return rules?.signers.find((each) => each.name === name);
}

function signsFor(signer: Signer | undefined, event: string): boolean {
  if (signer === undefined) return false;
  return signer.jobTypes.length === 0 || signer.jobTypes.includes(jobTypeOf(event) ?? event);
}

function undefinedSigner(
  name: string,
  { rules, by }: { readonly rules: SigningRules | undefined; readonly by: string },
): Denied {
  const near = nearest(name, rules?.signers.map((each) => each.name) ?? []);
  const wayOut = near === undefined ? 'define it under sign-config.signers' : `did you mean "${near}"?`;
  return denied(by, `signer "${name}" is enabled but not defined`, wayOut);
}
