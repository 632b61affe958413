import * as z from 'zod/mini';
import { ImageBuilderError, readStrictJson, reasonOf, Secret } from '../core/index.ts';
import { type HttpClient, HttpError, redactUrl } from '../http/index.ts';
import { isLoopbackRegistry } from '../oci/index.ts';
import type { Environment } from './environment.ts';

export interface IdTokenRequest {
  readonly environment: Environment;
  readonly http: HttpClient;
  /** Whom the token is for; GitHub's own choice when left out. */
  readonly audience?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Bytes. A token has about 2,000. */
const largestAnswer = 64 * 1024;

const answerSchema = z.object({ value: z.string().check(z.regex(/^[\w-]+\.[\w-]+\.[\w-]+$/)) });

const permission = [
  'add "permissions: id-token: write" to the job, and to the job that calls it as a reusable workflow;',
  'for pull requests from forks the workflow must be started with pull_request_target',
].join(' ');

/**
 * Asks GitHub for an OIDC token of this job. Throws `usage.invalid` when the job may have none, `identity.unavailable`,
 * or `cancelled`.
 */
export async function requestIdToken({
  environment,
  http,
  audience,
  signal,
}: IdTokenRequest): Promise<Secret> {
  const { ACTIONS_ID_TOKEN_REQUEST_URL: address, ACTIONS_ID_TOKEN_REQUEST_TOKEN: token } = environment;
  if (!address || !token) throw mayHaveNone('this job may not ask GitHub for a token', permission);
  const url = tokenUrl(address, audience);
  const authorization = new Secret(`bearer ${token}`);
  const headers = { accept: 'application/json' };
  const request = { method: 'GET', url, headers, authorization, redirects: 'answer', signal } as const;
  try {
    return await http.request(request, async (response) => {
      if (response.status !== 200) throw unavailable(url, `it answers ${response.status}`);
      const read = readStrictJson(await response.bytes(largestAnswer));
      const parsed = read.kind === 'value' ? answerSchema.safeParse(read.value) : undefined;
      if (parsed?.success) return new Secret(parsed.data.value);
      throw unavailable(url, 'its answer holds none');
    });
  } catch (error) {
    if (error instanceof HttpError) throw unavailable(url, reasonOf(error), error);
    throw error;
  }
}

/** The token that lets the job ask must not go out in the clear. */
function tokenUrl(untrustedAddress: string, audience: string | undefined): URL {
  const url = URL.canParse(untrustedAddress) ? new URL(untrustedAddress) : undefined;
  const isSafe = url?.protocol === 'https:' || (url?.protocol === 'http:' && isLoopbackRegistry(url.host));
  if (url === undefined || !isSafe)
    throw mayHaveNone(
      'variable "ACTIONS_ID_TOKEN_REQUEST_URL" is no https address',
      'leave it to the runner',
    );
  const query = audience === undefined ? [] : [`audience=${encodeURIComponent(audience)}`];
  url.search = [url.search.replace(/^\?/, ''), ...query].filter((part) => part !== '').join('&');
  return url;
}

function mayHaveNone(message: string, hint: string): ImageBuilderError<'usage.invalid'> {
  return new ImageBuilderError('usage.invalid', message, { argument: 'id-token' }, { hint });
}

function unavailable(url: URL, reason: string, cause?: unknown): ImageBuilderError<'identity.unavailable'> {
  const message = `GitHub does not give out a token: ${reason}`;
  const hint = cause instanceof HttpError ? cause.facts.hint : undefined;
  const details = { issuer: 'GitHub', url: redactUrl(url) };
  return new ImageBuilderError('identity.unavailable', message, details, { hint, cause });
}
