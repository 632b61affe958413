import type { Settings } from '../config/index.ts';
import { ImageBuilderError, Secret } from '../core/index.ts';
import { requestIdToken } from '../github/index.ts';
import type { HttpClient } from '../http/index.ts';
import { requestAudience } from '../identity/index.ts';
import type { ParsedRequest } from '../request/index.ts';

export interface CallerTokenOptions {
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Of the git server that the CI builds for. */
  readonly host: string;
  readonly isGithub: boolean;
  /** A token that somebody else asked for. */
  readonly given: Secret | undefined;
  readonly http: HttpClient;
  readonly identity: Settings['identity'];
}

/**
 * The token that proves to the pipeline who asks: one that was given, or one of GitHub for this very request. Throws
 * `usage.invalid` where there is none to be had, and what GitHub's refusal is.
 */
export async function callerToken(
  request: ParsedRequest,
  options: CallerTokenOptions,
  signal: AbortSignal,
): Promise<Secret> {
  const { environment, given, http, isGithub } = options;
  if (given !== undefined) return given;
  const { AUTHORIZATION: token } = environment;
  if (token) return new Secret(token);
  if (isGithub) return requestIdToken({ environment, http, audience: audienceFor(request, options), signal });
  const hint = 'set the environment variable AUTHORIZATION to an OIDC token of this job';
  throw new ImageBuilderError(
    'usage.invalid',
    'no token says who asks',
    { argument: '--oidc-token' },
    { hint },
  );
}

/** Whom a token for this request is for: what the issuer of this GitHub is configured with, else the request itself. */
function audienceFor(
  request: ParsedRequest,
  { host, identity }: Pick<CallerTokenOptions, 'host' | 'identity'>,
): string {
  const issuers = identity?.issuers.filter(({ kind }) => kind === 'github') ?? [];
  const issuer = issuers.find(({ githubUrl }) => URL.parse(githubUrl)?.host === host);
  return issuer?.audience.kind === 'static' ? issuer.audience.value : requestAudience(request);
}
