import { connect, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { temporaryFolder } from './stage.ts';

/**
 * A socket that speaks BuildKit's own interface, as one of buildkitd does, with the BuildKit that is within a docker engine
 * behind it; resolves to its address. Ends with the test.
 */
export async function buildkitSocket(dockerHost: string): Promise<string> {
  const path = join(temporaryFolder(), 'buildkit.sock');
  const open = new Set<Socket>();
  const server = createServer((client) => {
    const engine = connect(dockerHost.replace('unix://', ''));
    for (const [socket, other] of [
      [client, engine],
      [engine, client],
    ] as const) {
      open.add(socket);
      socket.on('error', () => socket.destroy());
      socket.on('close', () => {
        open.delete(socket);
        other.destroy();
      });
    }
    engine.write('POST /grpc HTTP/1.1\r\nHost: docker\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n');
    passOnAfterHead(engine, client);
  });
  await new Promise<void>((resolve) => server.listen(path, resolve));
  onTestFinished(() => {
    for (const socket of open) socket.destroy();
    server.close();
  });
  return `unix://${path}`;
}

/** The engine agrees to the upgrade first; the client must not see that. */
function passOnAfterHead(engine: Socket, client: Socket): void {
  let head = Buffer.alloc(0);
  const take = (chunk: Buffer) => {
    head = Buffer.concat([head, chunk]);
    const end = head.indexOf('\r\n\r\n');
    if (end < 0) return;
    engine.off('data', take);
    client.write(head.subarray(end + 4));
    engine.pipe(client);
    client.pipe(engine);
  };
  engine.on('data', take);
}
