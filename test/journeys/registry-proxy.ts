import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

/** What the proxy does with a request: pass it on, cut the connection, or answer itself. */
export type Verdict = 'pass' | 'cut' | number | Answer;

export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: object;
}

export interface RegistryProxy {
  /** `localhost:PORT`, a registry like the one behind it. */
  readonly address: string;
  /** Every request in the order of arrival. */
  readonly requests: readonly { readonly method: string; readonly path: string }[];
}

/** A registry with faults on demand: a proxy on loopback in front of a real one. Ends with the test. */
export async function registryProxy(
  upstream: string,
  judge: (method: string, path: string, headers: IncomingMessage['headers']) => Verdict,
): Promise<RegistryProxy> {
  const requests: { method: string; path: string }[] = [];
  const server = createServer((incoming, outgoing) => {
    const { method = 'GET', url: path = '/', headers } = incoming;
    requests.push({ method, path });
    const verdict = judge(method, path, headers);
    if (verdict === 'cut') incoming.socket.destroy();
    else if (verdict === 'pass') forward({ upstream, incoming, outgoing });
    else answer(verdict, { incoming, outgoing });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { address: `localhost:${(server.address() as AddressInfo).port}`, requests };
}

interface Exchange {
  readonly incoming: IncomingMessage;
  readonly outgoing: ServerResponse;
}

function answer(verdict: number | Answer, { incoming, outgoing }: Exchange): void {
  const { status, headers, body } = typeof verdict === 'number' ? refusal(verdict) : verdict;
  incoming.resume();
  incoming.on('end', () => {
    outgoing.writeHead(status, { ...headers, 'content-type': 'application/json', connection: 'close' });
    outgoing.end(JSON.stringify(body));
  });
}

function refusal(status: number): Answer {
  return { status, body: { errors: [{ code: 'UNAVAILABLE', message: 'try again' }] } };
}

/** The Host header stays, so that the registry names upload sessions under the address of the proxy. */
function forward({ upstream, incoming, outgoing }: Exchange & { readonly upstream: string }): void {
  const { method, url, headers } = incoming;
  const onward = request(`http://${upstream}${url}`, { method: method ?? 'GET', headers }, (answer) => {
    outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.pipe(outgoing);
  });
  onward.on('error', () => outgoing.destroy());
  incoming.on('error', () => onward.destroy());
  incoming.pipe(onward);
}
