import { getEventListeners } from 'node:events';
import { Readable } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { openTestHttp, serve, serveStatuses } from '../../test/fakes/registry/open-http.ts';

describe('cancelling', () => {
  test('stops a request that waits for its answer', async () => {
    const controller = new AbortController();
    const server = await serve(() => controller.abort('SIGTERM'));
    const { http } = openTestHttp();
    const request = { method: 'GET', url: server.url, signal: controller.signal } as const;
    await expect(http.request(request, (r) => r.text())).rejects.toMatchObject({
      code: 'cancelled',
      details: { signal: 'SIGTERM' },
    });
  });

  test('stops an upload in the middle and closes its stream', async () => {
    const controller = new AbortController();
    const server = await serve((request) => void request.once('data', () => controller.abort('SIGINT')));
    const { http } = openTestHttp();
    const source = new Readable({
      read() {
        setImmediate(() => this.push(Buffer.alloc(16_384)));
      },
    });
    const body = { length: 1e9, open: () => source };
    await expect(
      http.request(
        { method: 'PUT', url: server.url, body, signal: controller.signal },
        async (r) => r.status,
      ),
    ).rejects.toMatchObject({ code: 'cancelled' });
    await expect.poll(() => source.destroyed).toBe(true);
  });

  test('stops the reading of an answer', async () => {
    const controller = new AbortController();
    const server = await serve((_, response) => void response.writeHead(200).write('first'));
    const { http } = openTestHttp();
    const response = await http.open({ method: 'GET', url: server.url, signal: controller.signal });
    const reading = (async () => {
      for await (const chunk of response.stream()) {
        expect(Buffer.from(chunk).toString()).toBe('first');
        controller.abort('SIGINT');
      }
    })();
    await expect(reading).rejects.toMatchObject({ code: 'cancelled' });
  });

  test('stops the wait before a retry', async () => {
    const server = await serveStatuses(503, 503);
    const controller = new AbortController();
    const sleep = async (_: number, signal: AbortSignal | undefined) => {
      controller.abort('SIGINT');
      signal?.throwIfAborted();
    };
    const { http } = openTestHttp({ sleep });
    await expect(
      http.request({ method: 'GET', url: server.url, signal: controller.signal }, (r) => r.text()),
    ).rejects.toMatchObject({ code: 'cancelled', details: { signal: 'SIGINT' } });
  });

  test('happens to all that runs when the client is closed', async () => {
    let arrived = () => {};
    const waiting = new Promise<void>((resolve) => {
      arrived = resolve;
    });
    const server = await serve(() => arrived());
    const { http } = openTestHttp();
    const running = http.request({ method: 'GET', url: server.url }, (r) => r.text());
    const outcome = expect(running).rejects.toMatchObject({ code: 'cancelled' });
    await waiting;
    await http.close();
    await outcome;
    await expect(http.open({ method: 'GET', url: server.url })).rejects.toMatchObject({ code: 'cancelled' });
  });

  test('leaves no listener behind on a signal that lives on', async () => {
    const server = await serveStatuses(503, 200, 404);
    const { signal } = new AbortController();
    const { http } = openTestHttp();
    for (let i = 0; i < 2; i++) {
      await http.request({ method: 'GET', url: server.url, signal }, async (response) => response.status);
    }
    await expect.poll(() => getEventListeners(signal, 'abort')).toEqual([]);
  });
});
