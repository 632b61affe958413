import { constants } from 'node:crypto';
import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { type Clock, ImageBuilderError, reasonOf, type Secret } from '../../core/index.ts';
import { type AllowedClient, allowList } from './allow-list.ts';
import { orderDesk, type SigningPorts } from './carry-out.ts';
import { rateLimit } from './rate-limit.ts';
import { defaultLimits, type ServiceLimits } from './service-limits.ts';
import { type ServiceLog, signingDesk } from './signing-desk.ts';
import { workQueue } from './work-queue.ts';

export interface SigningServiceOptions extends SigningPorts {
  readonly listen: { readonly host: string; readonly port: number; readonly path: string };
  /** PEM. */
  readonly tls: { readonly cert: string; readonly key: Secret; readonly clientCa: string };
  readonly allow: readonly AllowedClient[];
  readonly limits?: Partial<ServiceLimits>;
  readonly clock: Clock;
  /** Told once for each request but those for `/healthz`; nothing in it is secret. */
  readonly log: ServiceLog;
}

export interface SigningService {
  /** Of `/`. */
  readonly address: URL;
  /** Takes no new requests, lets those that run come to their end, and cuts those that take too long. */
  close(): Promise<void>;
}

/**
 * A service that answers as Signify does: clients with a certificate of the configured authority order signatures for
 * what a registry holds. Throws `config.invalid`, or what listening throws.
 */
export async function startSigningService(options: SigningServiceOptions): Promise<SigningService> {
  const limits = { ...defaultLimits, ...options.limits };
  const { clock, log, listen } = options;
  let closing: Promise<void> | undefined;
  const answer = signingDesk({
    path: listen.path,
    bodyBytes: limits.bodyBytes,
    clients: allowList(options.allow),
    checkRate: rateLimit(limits.requestsPerMinute, clock),
    queue: workQueue(limits),
    carryOut: orderDesk(options),
    isClosing: () => closing !== undefined,
    clock,
    log,
  });
  const server = openServer(options.tls, limits, answer);
  const connections = openConnections(server);
  await startListening(server, listen);
  return {
    address: addressOf(server, listen.host),
    close: () => {
      closing ??= closeGently(server, connections, limits.shutdownMilliseconds);
      return closing;
    },
  };
}

type Answer = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

function openServer(tls: SigningServiceOptions['tls'], limits: ServiceLimits, answer: Answer): Server {
  const headersTimeout = Math.min(limits.headersMilliseconds, limits.requestMilliseconds);
  const options = {
    cert: tls.cert,
    key: tls.key.reveal(),
    ca: tls.clientCa,
    minVersion: 'TLSv1.2',
    requestCert: true,
    // Who has no certificate may still ask `/healthz`, and is told what is missing.
    rejectUnauthorized: false,
    // No session is resumed: every connection proves anew who it is.
    secureOptions: constants.SSL_OP_NO_TICKET,
    handshakeTimeout: headersTimeout,
    headersTimeout,
    requestTimeout: limits.requestMilliseconds,
    keepAliveTimeout: limits.idleMilliseconds,
    connectionsCheckingInterval: Math.ceil(headersTimeout / 4),
  } as const;
  try {
    const server = createServer(options, answer);
    server.maxConnections = limits.connections;
    return server;
  } catch (cause) {
    const hint =
      'certificate and key must be PEM and belong together, and the authority of the clients must be PEM';
    throw invalid('tls', { message: `TLS cannot be set up: ${reasonOf(cause)}`, hint, cause });
  }
}

async function startListening(
  server: Server,
  { host, port }: SigningServiceOptions['listen'],
): Promise<void> {
  try {
    server.listen(port, host);
    await once(server, 'listening');
  } catch (cause) {
    const message = `it cannot listen on ${host}:${port}: ${reasonOf(cause)}`;
    throw invalid('listen', { message, hint: 'choose another address or port', cause });
  }
}

function invalid(path: string, { message, hint, cause }: { message: string; hint: string; cause: unknown }) {
  const problems = [{ path, message, hint }];
  return new ImageBuilderError(
    'config.invalid',
    `signing service: ${message}`,
    { problems },
    { hint, cause },
  );
}

/** Those too whose handshake is not over, which the server itself does not count among its own. */
function openConnections(server: Server): ReadonlySet<Socket> {
  const open = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    open.add(socket);
    socket.once('close', () => open.delete(socket));
  });
  return open;
}

async function closeGently(
  server: Server,
  connections: ReadonlySet<Socket>,
  milliseconds: number,
): Promise<void> {
  const closed = once(server, 'close');
  server.close();
  const deadline = setTimeout(() => {
    for (const socket of connections) socket.destroy();
  }, milliseconds);
  await closed;
  clearTimeout(deadline);
}

function addressOf(server: Server, host: string): URL {
  const { port } = server.address() as AddressInfo;
  return new URL(`https://${host.includes(':') ? `[${host}]` : host}:${port}/`);
}
