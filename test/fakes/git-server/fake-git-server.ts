import { timingSafeEqual } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TlsIdentity } from '../signify/authority.ts';
import { flood } from './flood.ts';
import { serveGit } from './git-http-backend.ts';

/**
 * What goes wrong with one request: an answer of another kind, none at all, another commit than was asked for, or one
 * file that never ends.
 */
export type GitFault =
  | { readonly status: number; readonly headers?: Readonly<Record<string, string>>; readonly body?: string }
  | { readonly wanted: string; readonly sent: string }
  | 'silence'
  | 'reset'
  | 'stall'
  | 'flood';

export interface GitRequest {
  readonly method: string;
  /** Path and query. */
  readonly path: string;
  readonly authorization: string | undefined;
}

export interface GitServerOptions extends TlsIdentity {
  readonly port?: number;
  /** Without it everybody may read. */
  readonly login?: { readonly username: string; readonly token: string } | undefined;
  readonly fault?: (request: GitRequest) => GitFault | undefined;
}

export interface FakeGitServer {
  /** `localhost:port`. */
  readonly host: string;
  /** Holds bare repositories as `owner/name.git`. */
  readonly root: string;
  /** Every request in its order. */
  readonly seen: readonly GitRequest[];
  readonly close: () => Promise<void>;
}

/**
 * Git over https as GitHub serves it, by git's own `http-backend`: only reading, only with the login, only the paths
 * of the smart protocol. Anything else is 404, or 401 with a challenge.
 */
export async function startFakeGitServer(options: GitServerOptions): Promise<FakeGitServer> {
  const root = await mkdtemp(join(tmpdir(), 'fake-git-server-'));
  const seen: GitRequest[] = [];
  const server = createServer({ cert: options.cert, key: options.key }, (request, response) => {
    const { method = '', url: path = '', headers } = request;
    const asked = { method, path, authorization: headers.authorization };
    seen.push(asked);
    const fault = options.fault?.(asked);
    if (fault === undefined) answer({ root, request, response, login: options.login });
    else fail({ root, request, response, login: options.login }, fault);
  });
  server.listen(options.port ?? 0, '127.0.0.1');
  await once(server, 'listening');
  return {
    host: `localhost:${(server.address() as AddressInfo).port}`,
    root,
    seen,
    async close() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
      await rm(root, { recursive: true, force: true });
    },
  };
}

interface Exchange {
  readonly root: string;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly login: GitServerOptions['login'];
}

const served = /^(\/[A-Za-z0-9._-]+)+\.git\/(?:info\/refs\?service=git-upload-pack$|git-upload-pack$)/;

function answer(exchange: Exchange): void {
  const { request, response, login } = exchange;
  const { method = '', url = '', headers } = request;
  const expected = url.endsWith('/git-upload-pack') ? 'POST' : 'GET';
  if (!served.test(url) || method !== expected || url.includes('..')) {
    response.writeHead(404).end('Not Found');
    return;
  }
  if (login !== undefined && !isLogin(headers.authorization, login)) {
    response.writeHead(401, { 'www-authenticate': 'Basic realm="Fake"' }).end('Unauthorized');
    return;
  }
  serveGit(exchange);
}

function isLogin(untrustedHeader: string | undefined, login: NonNullable<Exchange['login']>): boolean {
  const wanted = Buffer.from(`Basic ${Buffer.from(`${login.username}:${login.token}`).toString('base64')}`);
  const given = Buffer.from(untrustedHeader ?? '');
  return given.length === wanted.length && timingSafeEqual(given, wanted);
}

function fail(exchange: Exchange, fault: GitFault): void {
  const { request, response } = exchange;
  if (fault === 'reset') request.socket.destroy();
  else if (fault === 'flood') flood(response);
  else if (fault === 'stall') stall(exchange);
  else if (typeof fault === 'object' && 'status' in fault)
    response.writeHead(fault.status, { ...fault.headers }).end(fault.body);
  else if (typeof fault === 'object') serveGit({ ...exchange, exchanged: fault });
}

/** Begins to answer as git would. */
function stall({ request, response }: Exchange): void {
  const kind = request.method === 'GET' ? 'advertisement' : 'result';
  response.writeHead(200, { 'content-type': `application/x-git-upload-pack-${kind}` }).write('0');
}
