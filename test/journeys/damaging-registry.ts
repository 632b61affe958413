import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

/** Bytes from which on a blob is damaged: layers are, what describes them is not. */
const large = 100_000;

/** A registry in front of a real one that gives large blobs with one byte changed. Ends with the test. */
export async function damagingRegistry(upstream: string): Promise<{ readonly address: string }> {
  const server = createServer((incoming, outgoing) => {
    const { method = 'GET', url = '/', headers } = incoming;
    const onward = request(`http://${upstream}${url}`, { method, headers }, (answer) => {
      const { statusCode = 502, headers: received } = answer;
      const damaged =
        method === 'GET' && url.includes('/blobs/') && Number(received['content-length']) > large;
      if (!damaged) {
        outgoing.writeHead(statusCode, received);
        answer.pipe(outgoing);
        return;
      }
      const chunks: Buffer[] = [];
      answer.on('data', (chunk: Buffer) => chunks.push(chunk));
      answer.on('end', () => {
        const bytes = Buffer.concat(chunks);
        const middle = bytes.length >> 1;
        bytes[middle] = (bytes[middle] ?? 0) ^ 1;
        outgoing.writeHead(statusCode, received);
        outgoing.end(bytes);
      });
    });
    onward.on('error', () => outgoing.destroy());
    incoming.pipe(onward);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { address: `localhost:${(server.address() as AddressInfo).port}` };
}
