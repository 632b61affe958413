import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

export interface LinkOptions {
  /** `host:PORT` of the registry behind it. */
  readonly to: string;
  readonly roundTripMilliseconds: number;
  /** In each direction. */
  readonly bytesPerSecond: number;
}

/** A registry as if it were far away. */
export interface SlowLink {
  /** `127.0.0.1:PORT`. */
  readonly address: string;
  /** Bytes that went towards the registry. */
  readonly sent: () => number;
  readonly close: () => void;
}

interface Lane {
  /** When everything that was sent so far has left, in milliseconds of the clock of this process. */
  freeAt: number;
  bytes: number;
}

/** A TCP proxy that delays and counts. Each direction of the link is shared by all its connections. */
export async function openSlowLink(options: LinkOptions): Promise<SlowLink> {
  const up: Lane = { freeAt: 0, bytes: 0 };
  const down: Lane = { freeAt: 0, bytes: 0 };
  const port = Number(options.to.split(':')[1]);
  const open = new Set<Socket>();
  const server = createServer({ allowHalfOpen: true, noDelay: true, pauseOnConnect: true }, (near) => {
    // The handshake is a round trip as well.
    setTimeout(() => {
      const far = connect({ port, host: '127.0.0.1', allowHalfOpen: true, noDelay: true });
      carry({ from: near, into: far, lane: up, options, open });
      carry({ from: far, into: near, lane: down, options, open });
      near.resume();
    }, options.roundTripMilliseconds);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    sent: () => up.bytes,
    close: () => {
      server.close();
      for (const socket of open) socket.destroy();
    },
  };
}

interface Direction {
  readonly from: Socket;
  readonly into: Socket;
  readonly lane: Lane;
  readonly options: LinkOptions;
  readonly open: Set<Socket>;
}

function carry({ from, into, lane, options, open }: Direction): void {
  const { roundTripMilliseconds, bytesPerSecond } = options;
  const underway: { readonly arrives: number; readonly deliver: () => void }[] = [];
  const deliver = () => {
    const now = performance.now();
    while (underway[0] !== undefined && underway[0].arrives <= now) underway.shift()?.deliver();
    if (underway[0] !== undefined) setTimeout(deliver, Math.max(1, underway[0].arrives - now));
  };
  const send = (arrives: number, what: () => void) => {
    underway.push({ arrives, deliver: what });
    if (underway.length === 1) setTimeout(deliver, Math.max(1, arrives - performance.now()));
  };
  from.on('data', (chunk: Buffer) => {
    const now = performance.now();
    lane.bytes += chunk.length;
    lane.freeAt = Math.max(lane.freeAt, now) + (chunk.length / bytesPerSecond) * 1000;
    send(lane.freeAt + roundTripMilliseconds / 2, () => into.write(chunk));
    // What waits longer than a full window would is held back at its source.
    const ahead = lane.freeAt - now;
    if (ahead <= roundTripMilliseconds) return;
    from.pause();
    setTimeout(() => from.resume(), ahead);
  });
  from.on('end', () =>
    send(Math.max(lane.freeAt, performance.now()) + roundTripMilliseconds / 2, () => into.end()),
  );
  from.on('error', () => into.destroy());
  from.on('close', () => open.delete(from));
  open.add(from);
}
