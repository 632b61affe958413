import type { IncomingMessage } from 'node:http';
import { type Answer, registryProxy } from './registry-proxy.ts';
import { keepSecret } from './stage.ts';

type Action = 'pull' | 'push';

export interface Account {
  readonly password: string;
  readonly may: (action: Action, path: string) => boolean;
}

export interface AuthorizingRegistry {
  /** `localhost:PORT`. */
  readonly address: string;
  /** Every repository that was written, by whom. */
  readonly writes: { readonly user: string; readonly path: string }[];
}

interface Held {
  readonly user: string;
  readonly grants: ReadonlySet<string>;
}

/**
 * A registry in front of a real one that lets accounts into single repositories, by tokens for what each may do of what it
 * asks for. Ends with the test.
 */
export async function authorizingRegistry(
  upstream: string,
  accounts: Readonly<Record<string, Account>>,
): Promise<AuthorizingRegistry> {
  for (const { password } of Object.values(accounts)) keepSecret(password);
  const tokens = new Map<string, Held>();
  const writes: { user: string; path: string }[] = [];
  const { address } = await registryProxy(upstream, (method, url, headers) => {
    const { pathname, searchParams } = new URL(url, 'http://registry');
    if (pathname === '/token') {
      if (method !== 'GET') return 404;
      const held = heldBy(accounts, headers, searchParams.getAll('scope'));
      if (held === undefined) return 401;
      const token = `token-${tokens.size}-of-${held.user}`;
      tokens.set(token, held);
      return { status: 200, body: { token, expires_in: 300 } };
    }
    const held = tokens.get((headers.authorization ?? '').replace('Bearer ', ''));
    const needed = neededBy(method, pathname, searchParams);
    if (held === undefined || needed.some((grant) => !held.grants.has(grant)))
      return challenge(`http://${headers.host}/token`, needed);
    for (const grant of needed)
      if (grant.endsWith(':push')) writes.push({ user: held.user, path: grant.slice(0, -':push'.length) });
    return 'pass';
  });
  return { address, writes };
}

/** What an account is given of what it asks for; undefined when nobody is known by this name and password. */
function heldBy(
  accounts: Readonly<Record<string, Account>>,
  { authorization = '' }: IncomingMessage['headers'],
  scopes: readonly string[],
): Held | undefined {
  const [user = '', password] = Buffer.from(authorization.replace('Basic ', ''), 'base64')
    .toString()
    .split(':');
  const account = accounts[user];
  if (account === undefined || account.password !== password) return undefined;
  const asked = scopes.flatMap((scope) => {
    const [, path = '', actions = ''] = /^repository:(.+):([a-z,]+)$/.exec(scope) ?? [];
    return actions.split(',').map((action) => ({ path, action: action as Action }));
  });
  const granted = asked.filter(({ path, action }) => account.may(action, path));
  return { user, grants: new Set(granted.map(({ path, action }) => `${path}:${action}`)) };
}

function neededBy(method: string, pathname: string, search: URLSearchParams): readonly string[] {
  const [, path] = /^\/v2\/(.+)\/(?:blobs|manifests|tags)\//.exec(pathname) ?? [];
  if (path === undefined) return [];
  const from = search.get('from');
  const action = method === 'GET' || method === 'HEAD' ? 'pull' : 'push';
  return [`${path}:${action}`, ...(from === null ? [] : [`${from}:pull`])];
}

function challenge(realm: string, needed: readonly string[]): Answer {
  const scope = needed.map((grant) => `repository:${grant}`).join(' ');
  const header = `Bearer realm="${realm}",service="test",scope="${scope}",error="insufficient_scope"`;
  const body = { errors: [{ code: 'UNAUTHORIZED', message: 'the account may not' }] };
  return { status: 401, headers: { 'www-authenticate': header }, body };
}
