import { ImageBuilderError } from '../core/index.ts';
import type { Destination } from './decide-destinations.ts';
import type { SigningDecision } from './decide-signing.ts';

/** What policy says about a build. */
export type Verdict = Allowed | Denied;

export interface Allowed {
  readonly kind: 'allowed';
  /** Name of the rule that fits; absent where there is no policy and the build is local. */
  readonly rule?: string;
  /** At least one. */
  readonly destinations: readonly Destination[];
  /** What names the destinations, for example `dev-registry` or `--registry`. */
  readonly destinationsFrom: string;
  readonly signing: SigningDecision;
  readonly bases: BaseRules;
  /** Names of the only builder nodes that may build it; absent when any may. */
  readonly builderNodes?: readonly string[];
}

export interface Denied {
  readonly kind: 'denied';
  /** Name of a rule, or of the setting that refuses where no rule does. */
  readonly rule: string;
  readonly reason: string;
  readonly wayOut: string;
}

/** Which base images a build may use. Places are `host[/path]` and stand for what is below them. */
export interface BaseRules {
  /** Name of the rule whose `base-registries` these are, and the places; absent when all are allowed. */
  readonly only?: { readonly rule: string; readonly places: readonly string[] };
  /** Absent when the image goes to restricted repositories alone, or when there are no restricted base images. */
  readonly restricted?: {
    readonly places: readonly string[];
    /** The first destination that is not restricted, as people write it. */
    readonly openTo: string;
  };
}

/** The error of a denial; `place` says where the cause stands, for example `Dockerfile:3`. */
export function denialOf({ rule, reason, wayOut }: Denied, place?: string): ImageBuilderError {
  const where = place === undefined ? '' : `${place}: `;
  const message = `denied by "${rule}": ${where}${reason}`;
  return new ImageBuilderError('policy.denied', message, { rule }, { hint: wayOut });
}

export function denied(rule: string, reason: string, wayOut: string): Denied {
  return { kind: 'denied', rule, reason, wayOut };
}
