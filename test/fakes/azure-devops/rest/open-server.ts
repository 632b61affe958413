import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';

export interface OpenServer {
  readonly origin: string;
  /** Until then every connection is cut. */
  readonly serve: (listener: RequestListener) => void;
  readonly close: () => Promise<void>;
}

/** A server on this machine whose address is known before what it serves. */
export async function openServer(options: {
  readonly port: number;
  readonly tls: { readonly cert: string; readonly key: string } | undefined;
}): Promise<OpenServer> {
  const { port, tls } = options;
  let listener: RequestListener = (_, response) => void response.destroy();
  const server = tls === undefined ? createServer() : createTlsServer(tls);
  server.on('request', (request, response) => listener(request, response));
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const base = tls === undefined ? 'http://127.0.0.1' : 'https://localhost';
  return {
    origin: `${base}:${(server.address() as AddressInfo).port}`,
    serve: (given) => {
      listener = given;
    },
    close: async () => {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
