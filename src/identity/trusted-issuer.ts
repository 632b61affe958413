import type { Settings } from '../config/index.ts';

type IdentitySettings = NonNullable<Settings['identity']>;
type IssuerSettings = IdentitySettings['issuers'][number];

export type SignatureAlgorithm = IssuerSettings['algorithms'][number];

/** A claim that every token of an issuer has; with one of these values, exactly, where some are given. */
export interface RequiredClaim {
  readonly name: string;
  readonly values?: readonly string[] | undefined;
}

/** Who may vouch for callers, and what its tokens must say. */
export interface TrustedIssuer {
  /** For messages. */
  readonly name: string;
  readonly kind: 'github' | 'jenkins';
  /** Exactly as tokens name it. */
  readonly url: string;
  /** The GitHub that its callers' source is fetched from. */
  readonly githubUrl: string;
  readonly audience: IssuerSettings['audience'];
  readonly algorithms: readonly SignatureAlgorithm[];
  /** What callers may have built whose tokens name no repository. */
  readonly repositories: readonly string[];
  /** Never empty: an issuer that many share would otherwise vouch for all of them. */
  readonly requiredClaims: readonly [RequiredClaim, ...RequiredClaim[]];
}

/** The issuers of the configuration, which sees to it that each requires a claim. */
export function trustedIssuers({ issuers }: IdentitySettings): readonly TrustedIssuer[] {
  return issuers.map((settings) => {
    const { name, kind, issuer: url, githubUrl, audience, algorithms } = settings;
    const requiredClaims = settings.kind === 'github' ? githubClaims(settings) : jenkinsClaims(settings);
    const [first, ...others] = requiredClaims;
    if (first === undefined) throw new Error(`issuer "${name}" requires no claim`);
    const repositories = settings.kind === 'jenkins' ? settings.repositories : [];
    return {
      ...{ name, kind, url, githubUrl, audience, algorithms, repositories },
      requiredClaims: [first, ...others],
    };
  });
}

/** Claims with which a request is compared, so that no token can leave one out. */
const comparedClaims = ['repository', 'repository_owner', 'event_name', 'ref', 'sha', 'run_id'];

function githubClaims(settings: Extract<IssuerSettings, { kind: 'github' }>): readonly RequiredClaim[] {
  const { jobWorkflowRefs, jobWorkflowShas, runnerEnvironments, repositoryOwnerIds } = settings;
  const optional = [
    { name: 'job_workflow_sha', values: jobWorkflowShas },
    { name: 'runner_environment', values: runnerEnvironments },
    { name: 'repository_owner_id', values: repositoryOwnerIds },
  ];
  return [
    { name: 'job_workflow_ref', values: jobWorkflowRefs },
    ...optional.filter(({ values }) => values !== undefined),
    ...comparedClaims.map((name) => ({ name })),
  ];
}

function jenkinsClaims({
  requiredClaims,
}: Extract<IssuerSettings, { kind: 'jenkins' }>): readonly RequiredClaim[] {
  return Object.entries(requiredClaims).map(([name, values]) =>
    values === 'any' ? { name } : { name, values },
  );
}
