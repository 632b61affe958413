import { ImageBuilderError } from '../core/index.ts';
import { parseRepository, printRepository, type Repository } from '../oci/index.ts';

/** One place that the image goes to, and the name that consumers pull it by. */
export interface Destination {
  readonly push: Repository;
  /** The same as `push`, except where consumers read through a virtual repository. */
  readonly pull: Repository;
}

/** Where images go by the configuration. Texts are `host[:port]/path` without the image's own name. */
export interface DestinationRules {
  readonly registry: readonly string[];
  readonly devRegistry: readonly string[];
  readonly restrictedRegistry: readonly PushAndPull[];
  readonly restrictedDevRegistry: readonly PushAndPull[];
}

interface PushAndPull {
  readonly push: string;
  readonly pull: string;
}

export interface DestinationQuestion {
  readonly event: string;
  readonly imageName: string;
  readonly restricted: boolean;
  /** From `--registry`; takes the place of the configured ones. */
  readonly registries: readonly string[];
  readonly rules: DestinationRules;
}

export interface DestinationDecision {
  readonly destinations: readonly Destination[];
  /** Which setting decided, for example `dev-registry`. */
  readonly rule: string;
}

/** Images of these events are for use; all others are for trying out. */
const productionEvents: readonly string[] = ['push', 'schedule', 'workflow_dispatch'];

/** Whether images of this event are meant for production. */
export function isProductionEvent(event: string): boolean {
  return productionEvents.includes(event);
}

/**
 * Decides where an image goes: production repositories for push, schedule and workflow_dispatch, development ones
 * for everything else, restricted ones when asked for. Throws `policy.denied` when no repository is configured.
 */
export function decideDestinations(question: DestinationQuestion): DestinationDecision {
  const { rule, places } = applicable(question);
  if (places.length === 0) throw nowhere(question, rule);
  const named = places.map(({ push, pull }) => ({
    push: repositoryOf(push, question.imageName, rule),
    pull: repositoryOf(pull, question.imageName, rule),
  }));
  const distinct = new Map(named.map((destination) => [printRepository(destination.push), destination]));
  return { destinations: [...distinct.values()], rule };
}

function applicable(question: DestinationQuestion): { rule: string; places: readonly PushAndPull[] } {
  const { event, restricted, registries, rules } = question;
  const both = (places: readonly string[]) => places.map((place) => ({ push: place, pull: place }));
  if (registries.length > 0) return { rule: '--registry', places: both(registries) };
  const production = isProductionEvent(event);
  if (restricted && production) return { rule: 'restricted-registry', places: rules.restrictedRegistry };
  if (restricted) return { rule: 'restricted-dev-registry', places: rules.restrictedDevRegistry };
  if (production) return { rule: 'registry', places: both(rules.registry) };
  return { rule: 'dev-registry', places: both(rules.devRegistry) };
}

function repositoryOf(place: string, imageName: string, rule: string): Repository {
  const text = `${place.replace(/\/+$/, '')}/${imageName}`;
  const repository = parseRepository(text);
  if (repository !== undefined && hasHost(place)) return repository;
  const hint = 'expected host[:port][/path] in lower case, for example localhost:5000/team';
  throw new ImageBuilderError(
    'request.invalid',
    `${rule} "${place}" is no repository`,
    { field: rule },
    { hint },
  );
}

/** `team/app` would silently mean Docker Hub; a destination names its registry. */
function hasHost(place: string): boolean {
  const first = place.split('/')[0] ?? '';
  return first === 'localhost' || /[.:]/.test(first);
}

function nowhere(question: DestinationQuestion, rule: string): ImageBuilderError {
  const message = `no repository for event "${question.event}": setting "${rule}" is empty`;
  const hint = `set ${rule} in the configuration, or name one with --registry`;
  return new ImageBuilderError('policy.denied', message, { rule }, { hint });
}
