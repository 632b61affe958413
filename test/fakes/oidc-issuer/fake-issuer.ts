import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Authority } from '../signify/authority.ts';
import { type Claims, githubClaims } from './github-claims.ts';
import { createSigningKey, type SigningKey, signToken } from './signing-key.ts';

/** What is to go wrong instead of an answer: an answer of its own, a cut connection, or silence. */
export type IssuerFault = IssuerAnswer | 'reset' | 'silence';

export interface IssuerAnswer {
  readonly status: number;
  readonly headers?: Record<string, string>;
  readonly body?: string;
}

export interface IssuerOptions {
  /** Vouches for the server's certificate. */
  readonly authority: Authority;
  readonly port?: number;
  /** Where the issuer is on its server; GitHub's Enterprise Server has a path. */
  readonly path?: string;
  readonly clock: () => Date;
  /** The first that it signs with; a new one when left out. */
  readonly key?: SigningKey;
  /** Asked before each answer; what it returns happens instead. */
  readonly fault?: (path: string) => IssuerFault | undefined;
}

export interface TokenOptions {
  readonly claims?: Claims;
  readonly header?: Claims;
  readonly alg?: string;
  readonly key?: SigningKey;
}

export interface FakeIssuer {
  /** As tokens name it. */
  readonly url: string;
  /** What jobs ask for a token (`ACTIONS_ID_TOKEN_REQUEST_URL`); it wants `requestToken` as a bearer token. */
  readonly requestUrl: string;
  readonly requestToken: string;
  /** The same for one job, of which tokens say this. */
  readonly requestUrlOf: (claims: Claims) => string;
  /** Paths that were asked for, with their queries. */
  readonly seen: readonly string[];
  /** All tokens that it ever signed. */
  readonly issued: readonly string[];
  /** The one that signs. */
  readonly key: () => SigningKey;
  /** What is published; set it to publish something else. */
  published: readonly object[];
  /** Signs with a new key from now on, and publishes it beside those before. */
  readonly rotate: () => SigningKey;
  /** A token with GitHub's claims, changed by these; `undefined` leaves a claim out. */
  readonly token: (options?: TokenOptions) => string;
  readonly close: () => Promise<void>;
}

const keysPath = '/.well-known/jwks';
const requestToken = 'token-of-the-runner';

/** An issuer of OpenID Connect tokens like that of GitHub Actions: https, discovery, keys, tokens for jobs. */
export async function startFakeIssuer(options: IssuerOptions): Promise<FakeIssuer> {
  const { authority, path = '', clock, port = 0 } = options;
  const server = createServer(await authority.issue({ name: 'issuer', purpose: 'server' }));
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const origin = `https://localhost:${(server.address() as AddressInfo).port}`;
  const url = `${origin}${path}`;
  const [seen, issued]: [string[], string[]] = [[], []];
  const jobs: Claims[] = [];
  const requestUrl = `${origin}/token?api-version=2.0`;
  const issuer: FakeIssuer = {
    url,
    requestUrl,
    requestToken,
    requestUrlOf: (claims) => `${requestUrl}&job=${jobs.push(claims) - 1}`,
    seen,
    issued,
    ...keyRing(options.key),
    token(order = {}) {
      const token = mint(issuer, clock(), order);
      issued.push(token);
      return token;
    },
    close: async () => {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    const asked = new URL(request.url ?? '/', origin);
    seen.push(`${asked.pathname}${asked.search}`);
    const fault = options.fault?.(asked.pathname);
    if (fault === 'reset') return void request.socket.destroy();
    if (fault === 'silence') return;
    const { status, headers = {}, body = '' } = fault ?? answer(issuer, request, { asked, jobs });
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(body);
  });
  return issuer;
}

function keyRing(first = createSigningKey('key-1')): Pick<FakeIssuer, 'key' | 'published' | 'rotate'> {
  let key = first;
  return {
    key: () => key,
    published: [key.jwk],
    rotate() {
      key = createSigningKey(`key-${this.published.length + 1}`);
      this.published = [...this.published, key.jwk];
      return key;
    },
  };
}

function mint({ url, key: current }: FakeIssuer, now: Date, order: TokenOptions): string {
  const { claims = {}, header = {}, alg = 'RS256', key = current() } = order;
  const texts = {
    header: JSON.stringify({ typ: 'JWT', alg, kid: key.jwk.kid, x5t: 'eDV0', ...header }),
    payload: JSON.stringify({ ...githubClaims(url, now), ...claims }),
  };
  return signToken(texts, alg, key.privateKey);
}

interface Question {
  readonly asked: URL;
  readonly jobs: readonly Claims[];
}

function answer(issuer: FakeIssuer, request: IncomingMessage, { asked, jobs }: Question): IssuerAnswer {
  const json = (value: object) => ({ status: 200, body: JSON.stringify(value) });
  const { url, published } = issuer;
  if (request.method !== 'GET') return { status: 405 };
  const at = `${asked.origin}${asked.pathname}`;
  if (at === `${url}/.well-known/openid-configuration`)
    return json({ issuer: url, jwks_uri: `${url}${keysPath}` });
  if (at === `${url}${keysPath}`) return json({ keys: published });
  if (asked.pathname !== '/token') return { status: 404 };
  if (request.headers.authorization?.toLowerCase() !== `bearer ${requestToken}`) return { status: 401 };
  const aud = asked.searchParams.get('audience');
  const job = jobs[Number(asked.searchParams.get('job') ?? Number.NaN)];
  const claims = { ...job, ...(aud === null ? {} : { aud }) };
  return json({ count: 1, value: issuer.token({ claims }) });
}
