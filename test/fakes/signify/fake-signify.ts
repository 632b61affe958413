import { once } from 'node:events';
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { bodyOf } from '../registry/local-server.ts';
import { orderFault } from './order-fault.ts';

/** What is to go wrong instead of an answer: an answer of its own, a cut connection, or silence. */
export type SignifyFault =
  | { readonly status: number; readonly headers?: Record<string, string>; readonly body?: string }
  | 'reset'
  | 'silence';

export interface SignifyOptions {
  /** Of the server, PEM. */
  readonly cert: string;
  readonly key: string;
  /** Only its clients get through the handshake. */
  readonly clientCa: string;
  readonly host?: string;
  readonly port?: number;
  /** Beginnings of the GUNs that a client may have signed; none means every one. */
  readonly gunPrefixes?: readonly string[];
  /** Asked before each request, which is counted from 1; what it returns happens instead. */
  readonly fault?: (count: number) => SignifyFault | undefined;
}

/** One request as it arrived. */
export interface SeenOrder {
  /** Common name of the client. */
  readonly client: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  readonly status: number;
}

export interface FakeSignify {
  readonly endpoint: URL;
  readonly seen: readonly SeenOrder[];
  readonly close: () => Promise<void>;
}

const path = '/signingsvc/sign';

/**
 * SAP's Signify as far as its clients know it: mutual TLS that ends the handshake with whoever has no certificate, one
 * path, an order in exactly its form, 202. What it signs, and with what, nobody gets to see.
 */
export async function startFakeSignify(options: SignifyOptions): Promise<FakeSignify> {
  const seen: SeenOrder[] = [];
  let count = 0;
  const server = createServer({
    cert: options.cert,
    key: options.key,
    ca: options.clientCa,
    requestCert: true,
    rejectUnauthorized: true,
    minVersion: 'TLSv1.2',
  });
  server.on('request', async (request: IncomingMessage, response: ServerResponse) => {
    const fault = options.fault?.(++count);
    if (fault === 'reset') return void request.socket.destroy();
    if (fault === 'silence') return;
    const body = (await bodyOf(request)).toString();
    const { status, headers, text } = fault ? faultAnswer(fault) : judge(request, body, options);
    const client = (request.socket as TLSSocket).getPeerCertificate().subject.CN ?? '';
    seen.push({ client: String(client), headers: request.headers, body, status });
    response.writeHead(status, headers).end(text);
  });
  server.listen(options.port ?? 0, options.host ?? '127.0.0.1');
  await once(server, 'listening');
  return {
    endpoint: new URL(`https://localhost:${(server.address() as AddressInfo).port}${path}`),
    seen,
    close: async () => {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

interface FakeAnswer {
  readonly status: number;
  readonly headers?: Record<string, string>;
  readonly text: string;
}

function faultAnswer({ status, headers = {}, body = '' }: Exclude<SignifyFault, string>): FakeAnswer {
  return { status, headers, text: body };
}

function judge(request: IncomingMessage, body: string, { gunPrefixes = [] }: SignifyOptions): FakeAnswer {
  const { method, url, headers } = request;
  if (url !== path) return refusal(404, `no such path ${url}`);
  if (method !== 'POST') return refusal(405, `method ${method}`);
  if (headers['content-type'] !== 'application/json') return refusal(415, 'not application/json');
  if (headers.authorization !== undefined) return refusal(400, 'nobody asked for a token');
  const fault = orderFault(body);
  if (fault !== undefined) return refusal(400, fault);
  const guns = (JSON.parse(body) as { trustedCollections: { gun: string }[] }).trustedCollections;
  const foreign = guns.find(
    ({ gun }) => gunPrefixes.length > 0 && !gunPrefixes.some((prefix) => `${gun}/`.startsWith(`${prefix}/`)),
  );
  return foreign === undefined ? { status: 202, text: '' } : refusal(403, `not your GUN: ${foreign.gun}`);
}

function refusal(status: number, message: string): FakeAnswer {
  return { status, text: JSON.stringify({ message }) };
}
