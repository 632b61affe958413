import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import { bodyOf } from '../registry/local-server.ts';
import { serve } from '../registry/open-http.ts';

export interface SeenCall {
  readonly method: string;
  /** Below `_apis/`, or the whole path of a call that is not about the project. */
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface Reply {
  /** 200 when left out. */
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON unless it is text or bytes. */
  readonly body?: unknown;
  /** `silence` says nothing at all, `cut` stops before the last byte of the body. */
  readonly end?: 'reset' | 'silence' | 'cut';
}

/** What a call is answered with; `count` is 1 for the first call of its kind. */
export type Script = (call: SeenCall, count: number) => Reply | undefined;

export interface ScriptedService {
  readonly organizationUrl: string;
  readonly seen: readonly SeenCall[];
}

const root = '/team/the%20project/_apis/';

/**
 * Answers calls about the project "the project" of the organization "team" as Azure DevOps would, as far as `script`
 * says nothing else. What it does not know it refuses.
 */
export async function startScriptedService(script: Script = () => undefined): Promise<ScriptedService> {
  const seen: SeenCall[] = [];
  const server = await serve(async (request, response) => {
    const call = await readCall(request);
    seen.push(call);
    const count = seen.filter(({ method, path }) => method === call.method && path === call.path).length;
    send(request, response, script(call, count) ?? goodReply(call));
  });
  return { organizationUrl: `${server.url.href}team`, seen };
}

async function readCall(request: IncomingMessage): Promise<SeenCall> {
  const url = new URL(request.url ?? '', 'http://unused');
  return {
    method: request.method ?? '',
    path: url.pathname.startsWith(root) ? url.pathname.slice(root.length) : url.pathname,
    query: Object.fromEntries(url.searchParams),
    headers: request.headers,
    body: (await bodyOf(request)).toString(),
  };
}

function send(request: IncomingMessage, response: ServerResponse, reply: Reply): void {
  if (reply.end === 'silence') return;
  if (reply.end === 'reset') {
    request.socket.resetAndDestroy();
    return;
  }
  const { body = '' } = reply;
  const isRaw = typeof body === 'string' || body instanceof Uint8Array;
  const bytes = Buffer.from(isRaw ? body : JSON.stringify(body));
  const type = isRaw ? {} : { 'content-type': 'application/json; charset=utf-8; api-version=7.1' };
  response.writeHead(reply.status ?? 200, {
    ...type,
    'content-length': bytes.length,
    ...reply.headers,
  });
  if (reply.end === 'cut') response.write(bytes.subarray(0, -1), () => response.destroy());
  else response.end(bytes);
}

export const runOf = (id: number, more: object = {}) => ({
  _links: { web: { href: `https://elsewhere.example/${id}` } },
  pipeline: { id: 7, revision: 4, name: 'oci-image-builder', folder: '\\' },
  state: 'inProgress',
  createdDate: '2026-03-04T05:06:07.8106539Z',
  id,
  name: `20260304.${id}`,
  ...more,
});

const goodReplies: Readonly<Record<string, Reply>> = {
  'POST pipelines/7/runs': { body: runOf(42) },
  'POST pipelines/7/preview': { body: { finalYaml: 'steps: []\n' } },
  'GET pipelines/7/runs': { body: { count: 1, value: [runOf(42)] } },
  'GET pipelines/7/runs/42': { body: runOf(42, { templateParameters: { Name: 'app' } }) },
  'GET build/builds/42': { body: { id: 42, status: 'inProgress' } },
  'PATCH build/builds/42': { body: { id: 42, status: 'cancelling' } },
  'GET build/builds/42/timeline': { body: { records: [], id: 'x', changeId: 1 } },
  'GET build/builds/42/logs/9': { body: '\ufeff2026-03-04T05:06:07.8106539Z one\n' },
  'POST /tenant/oauth2/v2.0/token': {
    body: { token_type: 'Bearer', expires_in: 3599, ext_expires_in: 3599, access_token: 'entra-t0ken' },
  },
};

function goodReply(call: SeenCall): Reply {
  const fault = faultOf(call);
  if (fault !== undefined) return { status: 400, body: { message: `fake: ${fault}` } };
  return goodReplies[`${call.method} ${call.path}`] ?? { status: 404, body: { message: 'fake: unknown' } };
}

/** What is wrong with a call, whatever it is about. */
function faultOf({ method, path, query, headers, body }: SeenCall): string | undefined {
  if (path.startsWith('/')) {
    const isForm = headers['content-type'] === 'application/x-www-form-urlencoded';
    return isForm && headers.authorization === undefined ? undefined : 'expected a form without credential';
  }
  if (query['api-version'] !== '7.1') return 'no api-version';
  if (!/^(?:Basic|Bearer) [!-~]+$/.test(headers.authorization ?? '')) return 'no credential';
  const accept = path.includes('/logs/') ? 'text/plain' : 'application/json';
  if (headers.accept !== accept) return `expected accept "${accept}"`;
  if (method === 'GET') return body === '' ? undefined : 'a GET with a body';
  if (headers['content-type'] !== 'application/json') return 'the body is not announced as JSON';
  return typeof JSON.parse(body) === 'object' ? undefined : 'the body is no object';
}
