import { isRepositoryPath, printRepository } from '../oci/index.ts';
import { type DestinationDecision, destinationsByEvent, destinationsByRule } from './decide-destinations.ts';
import {
  type SigningDecision,
  type SigningQuestion,
  signingByEvent,
  signingByRule,
} from './decide-signing.ts';
import { isWithin } from './place.ts';
import type { BuildQuestion, PolicyRule, PolicySettings } from './question.ts';
import { unmetConditions } from './unmet-conditions.ts';
import { type BaseRules, type Denied, denied, type Verdict } from './verdict.ts';

/** What stands for the policy as a whole where no rule is to be named. */
const wholePolicy = 'policy';

/**
 * Decides whether an image may be built, where it goes, who signs it, what it may be built on and where. The first rule
 * that fits decides, and what none fits is denied. Without a policy a build on this machine is free, and any other is
 * denied. Never throws.
 */
export function decide(question: BuildQuestion, settings: PolicySettings): Verdict {
  const refusal = refusedByNature(question);
  if (refusal !== undefined) return refusal;
  if (settings.policy !== undefined) return decideByRules(question, settings.policy.rules, settings);
  if (question.origin === 'local') return decideByEvent(question, settings);
  const reason = 'the configuration has no "policy", so nobody can have anything built here';
  return denied(wholePolicy, reason, 'add rules under "policy" that say who may have what built');
}

/** What no rule could allow. */
function refusedByNature({ origin, event, commit, imageName }: BuildQuestion): Denied | undefined {
  if (!isRepositoryPath(imageName)) {
    const wayOut = 'lower-case letters and digits, with single ".", "_", "-" or "/" between them';
    return denied(wholePolicy, `image name "${imageName}" is not allowed in a registry`, wayOut);
  }
  if (origin === 'remote' && event === 'local')
    return denied(wholePolicy, 'event "local" is for builds on a machine of one\'s own', 'name the event');
  if (commit !== undefined && /^0+$/.test(commit))
    return denied(wholePolicy, 'the ref was deleted: there is nothing to build', 'do not build deletions');
  return undefined;
}

function decideByEvent(question: BuildQuestion, settings: PolicySettings): Verdict {
  return combine({
    settings,
    placed: destinationsByEvent(question, settings),
    signing: signingByEvent(signingQuestion(question, settings)),
  });
}

function decideByRules(
  question: BuildQuestion,
  rules: readonly PolicyRule[],
  settings: PolicySettings,
): Verdict {
  const rule = rules.find(({ when }) => unmetConditions(question, when).length === 0);
  if (rule === undefined) return noRuleFits(question, rules);
  const { name, allow, deny } = rule;
  if (allow === undefined) return denied(name, `${inWords(question)} is refused`, deny ?? '');
  if (question.privateGoModules && !allow.privateGoModules) {
    const wayOut = 'build without them, or set "private-go-modules" in the rule';
    return denied(name, `rule "${name}" does not give out the logins for private Go modules`, wayOut);
  }
  return combine({
    settings,
    rule,
    placed: destinationsByRule(question, { name, allow }, settings),
    signing: signingByRule(signingQuestion(question, settings), { name, signing: allow.signing }),
  });
}

function signingQuestion(
  { event, repository }: BuildQuestion,
  { signConfig }: PolicySettings,
): SigningQuestion {
  return { event, repository, rules: signConfig };
}

interface Parts {
  readonly settings: PolicySettings;
  readonly rule?: PolicyRule;
  readonly placed: DestinationDecision | Denied;
  readonly signing: SigningDecision | Denied;
}

function combine({ settings, rule, placed, signing }: Parts): Verdict {
  if (placed.kind === 'denied') return placed;
  if (signing.kind === 'denied') return signing;
  const { destinations, destinationsFrom } = placed;
  const nodes = rule?.allow?.builderNodes;
  return {
    kind: 'allowed',
    ...(rule === undefined ? {} : { rule: rule.name }),
    destinations,
    destinationsFrom,
    signing,
    bases: baseRules(placed, rule, settings),
    ...(nodes === undefined ? {} : { builderNodes: nodes }),
  };
}

function baseRules(
  { destinations }: DestinationDecision,
  rule: PolicyRule | undefined,
  settings: PolicySettings,
): BaseRules {
  const restricted = restrictedRepositories(settings);
  const pushed = restricted.map(({ push }) => push);
  const open = destinations.find(({ push }) => !pushed.some((place) => isWithin(push, place)));
  const places = [
    ...new Set([...settings.restrictedBases, ...restricted.flatMap(({ push, pull }) => [push, pull])]),
  ];
  const only = rule?.allow?.baseRegistries;
  return {
    ...(rule === undefined || only === undefined ? {} : { only: { rule: rule.name, places: only } }),
    ...(open === undefined || places.length === 0
      ? {}
      : { restricted: { places, openTo: printRepository(open.push) } }),
  };
}

/** Wherever restricted images are kept, by whatever setting or rule: an image from there is itself a restricted base. */
function restrictedRepositories({ restrictedRegistry, restrictedDevRegistry, policy }: PolicySettings) {
  const ofRules = (policy?.rules ?? []).flatMap(({ allow }) => {
    const places = allow?.restrictedDestinations;
    return places === undefined || typeof places === 'string' ? [] : places;
  });
  return [...restrictedRegistry, ...restrictedDevRegistry, ...ofRules];
}

function noRuleFits(question: BuildQuestion, rules: readonly PolicyRule[]): Denied {
  const near = closestRule(question, rules);
  const wayOut =
    near === undefined
      ? 'the policy has no rule that allows anything: add one'
      : `the closest rule, "${near.name}", is for ${unmetConditions(question, near.when).join('; ')}`;
  return denied(wholePolicy, `no rule allows ${inWords(question)}`, wayOut);
}

/** Of the rules for this event, or else of all, the one with the fewest conditions in the way. */
function closestRule(question: BuildQuestion, rules: readonly PolicyRule[]): PolicyRule | undefined {
  const allowing = rules.filter(({ allow }) => allow !== undefined);
  const ofEvent = allowing.filter(({ when }) => when.events.some((event) => event === question.event));
  const distance = ({ when }: PolicyRule) => unmetConditions(question, when).length;
  return (ofEvent.length > 0 ? ofEvent : allowing).toSorted((a, b) => distance(a) - distance(b))[0];
}

function inWords({ event, repository, ref, imageName }: BuildQuestion): string {
  const at = ref === undefined ? '' : ` at "${ref}"`;
  return `event "${event}" of "${repository}"${at} for image "${imageName}"`;
}
