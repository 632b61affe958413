import { Readable } from 'node:stream';
import type { Dispatcher } from 'undici';
import type { Secret } from '../core/index.ts';
import type { HttpRequest, StreamBody } from './http-request.ts';
import { loadUndici } from './load-undici.ts';

/** Milliseconds. */
export interface HttpTimeouts {
  readonly connect: number;
  /** Without a byte sent or an answer begun. */
  readonly headers: number;
  /** Between two pieces of an answer's body, and for the whole of one that is read at once. */
  readonly body: number;
}

export const defaultTimeouts: HttpTimeouts = { connect: 10_000, headers: 60_000, body: 60_000 };

/** How a client proves who it is, and whom it believes. All PEM. */
export interface HttpTls {
  /** The certificate, followed by its intermediates; never shown to a proxy. */
  readonly client?: { readonly certificate: string; readonly key: Secret } | undefined;
  /** The only authorities that are believed; without them those of the system are. */
  readonly ca?: string | undefined;
}

export interface TransportOptions {
  readonly timeouts: HttpTimeouts;
  readonly tls?: HttpTls | undefined;
}

export interface Transport {
  /** Whether a server can get to see a client certificate. */
  readonly showsCertificate: boolean;
  /** Sends one request; follows nothing and retries nothing. */
  readonly send: (request: HttpRequest, signal: AbortSignal) => Promise<Dispatcher.ResponseData>;
  /** Ends all sockets at once. */
  readonly destroy: () => Promise<void>;
}

/**
 * Proxies are taken from the environment by undici itself, but this machine is always reached directly. HTTP/2 stays off:
 * parallel uploads are faster on sockets of their own.
 */
export async function openTransport({ timeouts, tls }: TransportOptions): Promise<Transport> {
  const { Agent, EnvHttpProxyAgent } = await loadUndici();
  const connect = { timeout: timeouts.connect, ...tlsOptions(tls) };
  const options = { allowH2: false, connect };
  const direct = new Agent(options);
  // Through a tunnel `requestTls` takes the place of `connect`; the proxy itself gets neither.
  const proxied = new EnvHttpProxyAgent({ ...options, requestTls: connect });
  return {
    showsCertificate: tls?.client !== undefined,
    send: (request, signal) =>
      (isThisMachine(request.url) ? direct : proxied).request({
        origin: request.url.origin,
        path: `${request.url.pathname}${request.url.search}`,
        method: request.method,
        headers: wireHeaders(request),
        body: wireBody(request),
        headersTimeout: request.headersTimeout ?? timeouts.headers,
        bodyTimeout: timeouts.body,
        signal,
      }),
    destroy: async () => {
      await Promise.all([direct.destroy(), proxied.destroy()]);
    },
  };
}

function tlsOptions({ client, ca }: HttpTls = {}) {
  return {
    minVersion: 'TLSv1.2' as const,
    ...(client === undefined ? {} : { cert: client.certificate, key: client.key.reveal() }),
    ...(ca === undefined ? {} : { ca }),
  };
}

function isThisMachine({ hostname }: URL): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(?:\.[0-9]{1,3}){3}$/.test(hostname);
}

function wireHeaders({ headers, authorization, body }: HttpRequest): Record<string, string> {
  return {
    'accept-encoding': 'identity',
    ...headers,
    ...(isStream(body) ? { 'content-length': String(body.length) } : {}),
    ...(authorization === undefined ? {} : { authorization: authorization.reveal() }),
  };
}

function wireBody({ method, body }: HttpRequest): Uint8Array | Readable | null {
  if (isStream(body)) return Readable.from(sending(body), { objectMode: false });
  const takesBody = method === 'POST' || method === 'PUT' || method === 'PATCH';
  return body ?? (takesBody ? new Uint8Array() : null);
}

function isStream(body: HttpRequest['body']): body is StreamBody {
  return body !== undefined && !(body instanceof Uint8Array);
}

async function* sending({ open, onSent }: StreamBody): AsyncGenerator<Uint8Array> {
  let sent = 0;
  for await (const chunk of await open()) {
    yield chunk as Uint8Array;
    sent += (chunk as Uint8Array).length;
    onSent?.(sent);
  }
}
