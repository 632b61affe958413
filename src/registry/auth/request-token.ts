import { type Clock, ImageBuilderError, Secret } from '../../core/index.ts';
import {
  type HttpClient,
  type HttpRequest,
  type HttpResponse,
  type RetryNotice,
  redactUrl,
} from '../../http/index.ts';
import type { Credentials } from '../credentials/credentials.ts';
import { isPlainHttpHost } from '../registry-address.ts';
import { type Access, printScope } from './access.ts';
import type { Challenge } from './parse-challenges.ts';

/** Seconds; what the token specification fixes when the server does not say. */
const defaultLifetime = 60;
/** Seconds that a token is given up before it expires, so that it does not expire on the way. */
const margin = 10;
const clientId = 'image-builder';

export interface BearerToken {
  /** The whole header value. */
  readonly authorization: Secret;
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
}

export interface TokenRequest {
  readonly registry: string;
  readonly challenge: Challenge;
  readonly access: readonly Access[];
  readonly credentials: Credentials | undefined;
}

export interface TokenRequestContext {
  readonly http: HttpClient;
  readonly plainHttp: readonly string[];
  readonly clock: Clock;
  readonly onRetry: (notice: RetryNotice) => void;
}

/** Asks the realm of a Bearer challenge for a token; anonymously when there are no credentials. */
export async function requestToken(
  request: TokenRequest,
  context: TokenRequestContext,
): Promise<BearerToken> {
  const realm = trustedRealm(request, context.plainHttp);
  const { credentials } = request;
  const call =
    credentials?.kind === 'identity-token'
      ? refreshGrant(realm, request, credentials.token)
      : tokenGet(realm, request, credentials);
  const started = context.clock().getTime();
  return context.http.request(
    call,
    (response) => readToken(response, call, { registry: request.registry, started }),
    {
      onRetry: context.onRetry,
    },
  );
}

/** The realm comes from the registry, but gets our credentials: only over https, or on this machine. */
function trustedRealm({ registry, challenge }: TokenRequest, plainHttp: readonly string[]): URL {
  const untrustedRealm = challenge.parameters.get('realm') ?? '';
  const realm = URL.canParse(untrustedRealm) ? new URL(untrustedRealm) : undefined;
  const plain = realm?.protocol === 'http:' && isPlainHttpHost(realm.host, plainHttp);
  if (realm !== undefined && (realm.protocol === 'https:' || plain)) return realm;
  const url = realm === undefined ? registry : redactUrl(realm);
  throw new ImageBuilderError(
    'registry.refused',
    `registry "${registry}" wants its token fetched from ${realm === undefined ? 'an invalid URL' : `"${url}"`}, expected https`,
    { method: 'GET', url, status: 401 },
  );
}

function tokenGet(
  realm: URL,
  { challenge, access }: TokenRequest,
  credentials: Extract<Credentials, { kind: 'password' }> | undefined,
): HttpRequest {
  const url = new URL(realm);
  const service = challenge.parameters.get('service');
  if (service !== undefined) url.searchParams.set('service', service);
  for (const one of access) url.searchParams.append('scope', printScope(one));
  return credentials === undefined
    ? { method: 'GET', url }
    : { method: 'GET', url, authorization: basicAuthorization(credentials.username, credentials.password) };
}

/** The OAuth2 refresh grant of distribution's token specification. */
function refreshGrant(realm: URL, { challenge, access }: TokenRequest, identityToken: Secret): HttpRequest {
  const form = new URLSearchParams({
    grant_type: 'refresh_token',
    client_id: clientId,
    service: challenge.parameters.get('service') ?? '',
    scope: access.map(printScope).join(' '),
    refresh_token: identityToken.reveal(),
  });
  return {
    method: 'POST',
    url: realm,
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new TextEncoder().encode(form.toString()),
  };
}

async function readToken(
  response: HttpResponse,
  { method }: HttpRequest,
  { registry, started }: { readonly registry: string; readonly started: number },
): Promise<BearerToken> {
  const url = redactUrl(response.url);
  const { status } = response;
  if (status !== 200) {
    const hint = `log in first, for example with: docker login ${registry}`;
    const message = `${method} ${url}: ${status}, no token for registry "${registry}"`;
    throw new ImageBuilderError('registry.refused', message, { method, url, status }, { hint });
  }
  const answer = (await response.json()) as Record<string, unknown> | null;
  const token = [answer?.token, answer?.access_token].find(
    (one) => typeof one === 'string' && /^[!-~]+$/.test(one),
  );
  if (typeof token !== 'string') {
    throw new ImageBuilderError('registry.corrupt', `${method} ${url}: an answer without a token`, { url });
  }
  const seconds = Number(answer?.expires_in) > 0 ? Number(answer?.expires_in) : defaultLifetime;
  const usable = Math.max(seconds - margin, seconds / 2);
  return { authorization: new Secret(`Bearer ${token}`), expiresAt: started + usable * 1000 };
}

/** RFC 7617. */
export function basicAuthorization(username: string, password: Secret): Secret {
  return new Secret(`Basic ${Buffer.from(`${username}:${password.reveal()}`).toString('base64')}`);
}
