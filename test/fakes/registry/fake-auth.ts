import type { IncomingMessage, ServerResponse } from 'node:http';
import { bodyOf } from './local-server.ts';

export type FakeAuthOptions =
  | { readonly kind: 'none' }
  | { readonly kind: 'basic'; readonly username: string; readonly password: string }
  | {
      readonly kind: 'bearer';
      /** Absent: everyone gets a token. */
      readonly username?: string;
      readonly password?: string;
      /** Accepted by the refresh grant. */
      readonly identityToken?: string;
      /** Seconds; absent: the answer does not say. */
      readonly expiresIn?: number;
      /** The field of the answer that holds the token. */
      readonly field?: 'token' | 'access_token';
      /** Instead of the registry's own `/token`. */
      readonly realm?: string;
    };

export interface FakeAuth {
  /** The scopes of each token that was given, one text for each request. */
  readonly tokenScopes: readonly string[];
  /** Makes every token that was given invalid. */
  readonly revoke: () => void;
  /** Whether a request may pass; answers 401 when not. */
  readonly admits: (request: IncomingMessage, url: URL, response: ServerResponse) => boolean;
  /** Serves the token endpoint. */
  readonly token: (request: IncomingMessage, response: ServerResponse) => Promise<void>;
}

const service = 'fake, "the" registry';

/** The access control of a fake registry: what a token does not grant is refused. */
export function fakeAuth(options: FakeAuthOptions, registry: URL): FakeAuth {
  const tokens = new Map<string, ReadonlySet<string>>();
  const tokenScopes: string[] = [];
  let issued = 0;
  const challenge = () => {
    if (options.kind === 'basic') return 'Basic realm="fake, registry"';
    const realm = options.kind === 'bearer' ? (options.realm ?? new URL('token', registry).href) : '';
    return [
      `Negotiate, Basic realm="other"`,
      `Bearer realm="${realm}",service="${service.replaceAll('"', '\\"')}"`,
    ];
  };

  function allowed(request: IncomingMessage, url: URL): boolean {
    const [scheme, value = ''] = (request.headers.authorization ?? '').split(' ');
    if (options.kind === 'none') return request.headers.authorization === undefined;
    if (options.kind === 'basic')
      return scheme === 'Basic' && value === base64(options.username, options.password);
    const granted = scheme === 'Bearer' ? tokens.get(value) : undefined;
    return granted !== undefined && neededBy(request, url).every((grant) => granted.has(grant));
  }

  async function token(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (options.kind !== 'bearer') return void response.writeHead(404).end();
    const form =
      request.method === 'POST'
        ? new URLSearchParams((await bodyOf(request)).toString())
        : new URL(request.url ?? '', registry).searchParams;
    const known = request.method === 'POST' ? refreshKnown(form) : passwordKnown(request);
    if (!known || form.get('service') !== service) return void response.writeHead(401).end();
    const scopes = form.getAll('scope').flatMap((scope) => scope.split(' '));
    const text = `token${++issued}`;
    tokens.set(text, new Set(scopes.flatMap(grantsOf)));
    tokenScopes.push(scopes.join(' '));
    const expiry = options.expiresIn === undefined ? {} : { expires_in: options.expiresIn };
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ [options.field ?? 'token']: text, ...expiry }));
  }

  function refreshKnown(form: URLSearchParams): boolean {
    const right = options.kind === 'bearer' && form.get('refresh_token') === options.identityToken;
    return right && form.get('grant_type') === 'refresh_token' && form.has('client_id');
  }

  function passwordKnown({ headers }: IncomingMessage): boolean {
    if (options.kind !== 'bearer' || options.identityToken !== undefined) return false;
    if (options.username === undefined) return headers.authorization === undefined;
    return headers.authorization === `Basic ${base64(options.username, options.password ?? '')}`;
  }

  return {
    tokenScopes,
    revoke: () => tokens.clear(),
    admits(request, url, response) {
      if (allowed(request, url)) return true;
      response.writeHead(401, { 'www-authenticate': challenge() }).end();
      return false;
    },
    token,
  };
}

/** The permissions that a request needs, as `path:action`. */
function neededBy({ method }: IncomingMessage, { pathname, searchParams }: URL): string[] {
  const name = /^\/v2\/(.+?)\/(?:blobs|manifests)\//.exec(pathname)?.[1];
  if (name === undefined) return [];
  const from = searchParams.get('from');
  const source = from === null ? [] : [`${from}:pull`];
  if (method === 'DELETE' && pathname.includes('/manifests/')) return [`${name}:delete`];
  return [method === 'GET' || method === 'HEAD' ? `${name}:pull` : `${name}:push`, ...source];
}

function grantsOf(scope: string): string[] {
  const [, name = '', actions = ''] = /^repository:(.+):([a-z,]+)$/.exec(scope) ?? [];
  return actions.split(',').map((action) => `${name}:${action}`);
}

function base64(username: string, password: string): string {
  return Buffer.from(`${username}:${password}`).toString('base64');
}
