import type { Settings } from '../config/index.ts';
import type { SigningRules } from './decide-signing.ts';

/** What is asked of policy. Texts are as somebody wrote them: what is not well-formed fits no rule. */
export interface BuildQuestion {
  /** Who asks: whoever runs the program on this machine, or a caller whose token was verified. */
  readonly origin: 'local' | 'remote';
  /** Host that the source lies on, for example `github.com`, where it is known. */
  readonly host?: string | undefined;
  /** owner/name; the name alone for a checkout without a remote. */
  readonly repository: string;
  readonly event: string;
  /** Full ref of the event. */
  readonly ref?: string | undefined;
  /** Whether the ref is protected, where that is known. */
  readonly protected?: boolean | undefined;
  readonly pullRequest?: number | undefined;
  /** Commit to build; all zeros for a ref that was deleted. */
  readonly commit?: string | undefined;
  /** Without registry and tag. */
  readonly imageName: string;
  /** Whether it is to go to the restricted registries. */
  readonly restricted: boolean;
  /** Whether it is to get the logins for private Go modules. */
  readonly privateGoModules: boolean;
  /** From `--registry`; to take the place of the configured ones. */
  readonly registries: readonly string[];
}

/** The part of the configuration that decides. */
export type PolicySettings = Pick<
  Settings,
  'registry' | 'devRegistry' | 'restrictedRegistry' | 'restrictedDevRegistry' | 'restrictedBases' | 'policy'
> & { readonly signConfig?: SigningRules | undefined };

export type PolicyRule = NonNullable<Settings['policy']>['rules'][number];
export type Consequences = NonNullable<PolicyRule['allow']>;
