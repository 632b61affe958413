import { timingSafeEqual } from 'node:crypto';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import type { Secret } from '../core/index.ts';

/** One connection of the helper: it said what it wants, and may send more. */
export interface Exchange {
  readonly key: string;
  readonly argument: string;
  readonly socket: Socket;
}

export type Handlers = Readonly<Record<string, (exchange: Exchange) => Promise<void>>>;

export interface Endpoint extends AsyncDisposable {
  readonly port: number;
  /** Whether anybody came who knew the token. */
  reached(): boolean;
  /** What went wrong first at this end. */
  failure(): unknown;
}

/** Characters of the first line; a key and a digest fit. */
const longestLine = 300;

/**
 * Listens on loopback for one helper build. Whoever connects must begin with the token, and every verb is answered once
 * for each key. Gone, with all its connections, when disposed of.
 */
export async function openEndpoint(token: Secret, handlers: Handlers): Promise<Endpoint> {
  const answered = new Set<string>();
  let reached = false;
  const onReached = () => {
    reached = true;
  };
  const sockets = new Set<Socket>();
  let failure: unknown;
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    socket.on('error', () => socket.destroy());
    serve(socket, { token, handlers, answered, onReached }).catch((error: unknown) => {
      failure ??= error;
      socket.destroy();
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    reached: () => reached,
    failure: () => failure,
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}

interface Serving {
  readonly token: Secret;
  readonly handlers: Handlers;
  readonly answered: Set<string>;
  readonly onReached: () => void;
}

async function serve(socket: Socket, { token, handlers, answered, onReached }: Serving): Promise<void> {
  const [given = '', verb = '', key = '', argument = ''] = (await readLine(socket)).split(' ');
  const handler = Object.hasOwn(handlers, verb) ? handlers[verb] : undefined;
  const call = `${verb} ${key}`;
  const known = isSame(given, token.reveal());
  if (known) onReached();
  if (!known || handler === undefined || answered.has(call)) {
    socket.destroy();
    return;
  }
  answered.add(call);
  await handler({ key, argument, socket });
  socket.end();
}

function isSame(given: string, expected: string): boolean {
  const [one, other] = [Buffer.from(given), Buffer.from(expected)];
  return one.length === other.length && timingSafeEqual(one, other);
}

/** Leaves what follows the line to whoever reads next. */
async function readLine(socket: Socket): Promise<string> {
  let read = Buffer.alloc(0);
  while (read.length <= longestLine) {
    const chunk = (socket.read() as Buffer | null) ?? undefined;
    if (chunk === undefined) {
      await readable(socket);
      continue;
    }
    read = Buffer.concat([read, chunk]);
    const end = read.indexOf('\n');
    if (end < 0) continue;
    socket.unshift(read.subarray(end + 1));
    return read.subarray(0, end).toString('latin1');
  }
  throw new Error('the first line is too long');
}

function readable(socket: Socket): Promise<void> {
  return new Promise((resolve, reject) => {
    const settle = () => {
      for (const event of ['readable', 'end', 'close']) socket.off(event, settle);
      if (socket.readableEnded || socket.destroyed) reject(new Error('the connection ended early'));
      else resolve();
    };
    for (const event of ['readable', 'end', 'close']) socket.once(event, settle);
  });
}
