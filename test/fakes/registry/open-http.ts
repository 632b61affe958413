import { onTestFinished } from 'vitest';
// The unit tests of `http` need its options too, which nobody else does.
import { type HttpClientOptions, openHttpClient } from '../../../src/http/http-client.ts';
import type { HttpClient } from '../../../src/http/index.ts';
import { type Answer, type LocalServer, startLocalServer } from './local-server.ts';

export interface TestHttp {
  readonly http: HttpClient;
  /** Milliseconds that the client meant to sleep, before each retry. */
  readonly waits: number[];
}

/** A client whose waits take no time; closed when the test is over. */
export function openTestHttp(options: Partial<HttpClientOptions> = {}): TestHttp {
  const waits: number[] = [];
  const sleep = async (milliseconds: number) => void waits.push(milliseconds);
  const clock = () => new Date(0);
  const http = openHttpClient({
    clock,
    random: () => 0.5,
    userAgent: 'image-builder/test',
    sleep,
    ...options,
  });
  onTestFinished(() => http.close());
  return { http, waits };
}

/** A server that ends with the test. */
export async function serve(answer: Answer): Promise<LocalServer> {
  const server = await startLocalServer(answer);
  onTestFinished(server.close);
  return server;
}

/** A server that answers with each status in turn, or cuts the connection, and then with 200. */
export async function serveStatuses(
  ...statuses: readonly (number | 'reset')[]
): Promise<LocalServer & { readonly calls: () => number }> {
  let calls = 0;
  const server = await serve((request, response) => {
    const status = statuses[calls++] ?? 200;
    if (status === 'reset') request.socket.resetAndDestroy();
    else response.writeHead(status).end('body');
  });
  return { ...server, calls: () => calls };
}
