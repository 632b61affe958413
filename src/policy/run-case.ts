import type { PolicyCase } from '../config/index.ts';
import { printRepository } from '../oci/index.ts';
import { decide } from './decide.ts';
import { judgeBases } from './judge-bases.ts';
import type { BuildQuestion, PolicySettings } from './question.ts';
import type { Verdict } from './verdict.ts';

/** What became of one case. */
export interface CaseResult {
  readonly name: string;
  readonly verdict: Verdict;
  /** How the verdict differs from what was expected, in words; none when it does not. */
  readonly differences: readonly string[];
}

/** Puts one question to the policy and compares the verdict with the expected one, as far as the case says it. */
export function runCase({ name, question, expect }: PolicyCase, settings: PolicySettings): CaseResult {
  const verdict = verdictOn(question, settings);
  return { name, verdict, differences: differencesOf(verdict, expect) };
}

function verdictOn({ image, bases, ...asked }: PolicyCase['question'], settings: PolicySettings): Verdict {
  const question: BuildQuestion = { ...asked, imageName: image };
  const verdict = decide(question, settings);
  if (verdict.kind === 'denied') return verdict;
  const inputs = bases.map((untrustedName) => ({ kind: 'image', untrustedName }) as const);
  return judgeBases(inputs, verdict.bases) ?? verdict;
}

function differencesOf(verdict: Verdict, expect: PolicyCase['expect']): readonly string[] {
  const rule = difference('rule', expect.rule, verdict.rule);
  if (expect.verdict !== verdict.kind) {
    const why = verdict.kind === 'denied' ? `: ${verdict.reason}` : '';
    return [`expected ${expect.verdict}, got ${verdict.kind}${why}`, ...rule];
  }
  if (expect.verdict === 'denied' || verdict.kind === 'denied') return rule;
  const destinations = verdict.destinations.map(({ push }) => printRepository(push));
  const signers = verdict.signing.kind === 'unsigned' ? [] : verdict.signing.signers;
  return [
    ...rule,
    ...difference('destinations', sorted(expect.destinations), sorted(destinations)),
    ...difference('signers', sorted(expect.signers), sorted(signers)),
  ];
}

function difference(what: string, expected: string | undefined, got: string | undefined): readonly string[] {
  if (expected === undefined || expected === got) return [];
  return [`expected ${what} ${expected || 'none'}, got ${got || 'none'}`];
}

function sorted(names: readonly string[] | undefined): string | undefined {
  return names?.toSorted().join(', ');
}
