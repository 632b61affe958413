import { once } from 'node:events';
import type { IncomingHttpHeaders } from 'node:http';
import { Agent, request } from 'node:https';
import { bodyOf } from '../registry/local-server.ts';
import type { TlsIdentity } from './authority.ts';

export interface PostOptions {
  readonly url: URL;
  /** Authority of the server, PEM. */
  readonly ca: string;
  /** Absent: the client shows no certificate. */
  readonly identity?: TlsIdentity | undefined;
  readonly method?: string;
  /** As it is sent, whatever the address says. */
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** What is no text or bytes is sent as JSON. */
  readonly body?: unknown;
}

export interface Posted {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  readonly json: () => unknown;
}

/** One request over a connection of its own, by Node's own client: no retry, no opinion. */
export async function post(options: PostOptions): Promise<Posted> {
  const {
    url,
    ca,
    identity = {},
    method = 'POST',
    headers = { 'content-type': 'application/json' },
  } = options;
  const agent = new Agent({ ca, ...identity, keepAlive: false });
  const bytes = bytesOf(options.body);
  const path = options.path ?? `${url.pathname}${url.search}`;
  const sent = request(url, { agent, method, path, headers: { ...headers, 'content-length': bytes.length } });
  sent.end(bytes);
  const [response] = await once(sent, 'response');
  const text = (await bodyOf(response)).toString();
  return { status: response.statusCode, headers: response.headers, text, json: () => JSON.parse(text) };
}

function bytesOf(body: unknown = ''): Buffer {
  if (body instanceof Uint8Array || typeof body === 'string') return Buffer.from(body as string);
  return Buffer.from(JSON.stringify(body));
}
