import { matchesGlob } from '../core/index.ts';
import { parseRepository, printRepository, type Repository } from '../oci/index.ts';
import { isProductionEvent } from './production-event.ts';
import type { BuildQuestion, Consequences, PolicySettings } from './question.ts';
import { type Denied, denied } from './verdict.ts';

/** One place that the image goes to, and the name that consumers pull it by. */
export interface Destination {
  readonly push: Repository;
  /** The same as `push`, except where consumers read through a virtual repository. */
  readonly pull: Repository;
}

export interface DestinationDecision {
  readonly kind: 'placed';
  /** At least one. */
  readonly destinations: readonly Destination[];
  /** What names them, for example `dev-registry`. */
  readonly destinationsFrom: string;
}

/** Repositories without the image's own name, `host[:port][/path]`. */
interface PushAndPull {
  readonly push: string;
  readonly pull: string;
}

/** Where images may go, and what says so. */
interface Places {
  readonly from: string;
  readonly places: readonly PushAndPull[];
}

type OpenPlaces = NonNullable<Consequences['destinations']>;
type RestrictedPlaces = NonNullable<Consequences['restrictedDestinations']>;

const requestFlag = '--registry';

/**
 * Decides by the event where an image goes: production repositories for push, schedule and workflow_dispatch,
 * development ones for everything else, restricted ones when asked for, and before all others those of `--registry`.
 */
export function destinationsByEvent(
  question: BuildQuestion,
  settings: PolicySettings,
): DestinationDecision | Denied {
  const chosen = question.registries.length > 0 ? requested(question) : ofEvent(question, settings);
  const { from } = chosen;
  if (chosen.places.length > 0) return place(chosen, question.imageName);
  const reason = `no repository for event "${question.event}": setting "${from}" is empty`;
  return denied(from, reason, `set ${from} in the configuration, or name one with ${requestFlag}`);
}

/** Decides by what a rule says. */
export function destinationsByRule(
  question: BuildQuestion,
  { name, allow }: { readonly name: string; readonly allow: Consequences },
  settings: PolicySettings,
): DestinationDecision | Denied {
  const { destinations = [], restrictedDestinations = [], requestedDestinations = [] } = allow;
  if (question.registries.length > 0) {
    const placed = place(requested(question), question.imageName);
    return placed.kind === 'denied' ? placed : onlyAllowed(placed, name, requestedDestinations);
  }
  const chosen = question.restricted
    ? restricted(restrictedDestinations, settings)
    : open(destinations, settings);
  if (chosen.places.length > 0) return place(chosen, question.imageName);
  const wayOut = question.restricted ? 'leave use-restricted-registry out' : 'ask for what the rule has';
  return denied(name, `the rule has no "${chosen.from}"`, `${wayOut}, or have it added to the rule`);
}

function requested({ registries }: BuildQuestion): Places {
  return { from: requestFlag, places: samePull(registries) };
}

function ofEvent({ event, restricted: locked }: BuildQuestion, settings: PolicySettings): Places {
  const production = isProductionEvent(event);
  if (locked) return restricted(production ? 'restricted-registry' : 'restricted-dev-registry', settings);
  return open(production ? 'registry' : 'dev-registry', settings);
}

function open(places: OpenPlaces, settings: PolicySettings): Places {
  if (places === 'registry') return { from: places, places: samePull(settings.registry) };
  if (places === 'dev-registry') return { from: places, places: samePull(settings.devRegistry) };
  return { from: 'destinations', places: samePull(places) };
}

function restricted(places: RestrictedPlaces, settings: PolicySettings): Places {
  if (places === 'restricted-registry') return { from: places, places: settings.restrictedRegistry };
  if (places === 'restricted-dev-registry') return { from: places, places: settings.restrictedDevRegistry };
  return { from: 'restricted-destinations', places };
}

function samePull(places: readonly string[]): readonly PushAndPull[] {
  return places.map((each) => ({ push: each, pull: each }));
}

/** Puts the image's name behind each place, each repository once. */
function place({ from, places }: Places, imageName: string): DestinationDecision | Denied {
  const destinations = new Map<string, Destination>();
  for (const { push, pull } of places) {
    const [to, as] = [repositoryBelow(push, imageName), repositoryBelow(pull, imageName)];
    if (to === undefined || as === undefined) return nowhere(from, to === undefined ? push : pull);
    const name = printRepository(to);
    if (!destinations.has(name)) destinations.set(name, { push: to, pull: as });
  }
  return { kind: 'placed', destinations: [...destinations.values()], destinationsFrom: from };
}

/** The repository of an image below `host[:port][/path]`; undefined where there can be none. */
export function repositoryBelow(untrustedPlace: string, imageName: string): Repository | undefined {
  const trimmed = untrustedPlace.replace(/\/+$/, '');
  return hasHost(trimmed) ? parseRepository(`${trimmed}/${imageName}`) : undefined;
}

/** `team/app` would silently mean Docker Hub; a destination names its registry. */
function hasHost(text: string): boolean {
  const first = text.split('/')[0] ?? '';
  return first === 'localhost' || /[.:]/.test(first);
}

function nowhere(from: string, text: string): Denied {
  return denied(from, `${from} "${text}" is no repository`, 'write it as host[:port][/path], in lower case');
}

function onlyAllowed(
  placed: DestinationDecision,
  name: string,
  patterns: readonly string[],
): DestinationDecision | Denied {
  const refused = placed.destinations
    .map(({ push }) => printRepository(push))
    .find((repository) => !patterns.some((pattern) => matchesGlob(pattern, repository)));
  if (refused === undefined) return placed;
  const others = patterns.length === 0 ? '' : `, or name one of ${patterns.join(', ')}`;
  const reason = `a build may not choose "${refused}"`;
  return denied(name, reason, `leave ${requestFlag} out${others}`);
}
