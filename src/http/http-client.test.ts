import type { IncomingHttpHeaders } from 'node:http';
import { Readable } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { bodyOf, startLocalServer } from '../../test/fakes/registry/local-server.ts';
import { openTestHttp, serve, serveStatuses } from '../../test/fakes/registry/open-http.ts';

describe('a request', () => {
  test.each([
    ['503 twice', [503, 503], 3],
    ['429', [429], 2],
    ['408', [408], 2],
    ['a reset connection', ['reset'], 2],
  ] as const)('is sent again after %s', async (_, statuses, expected) => {
    const server = await serveStatuses(...statuses);
    const { http, waits } = openTestHttp();
    expect(await http.request({ method: 'GET', url: server.url }, async (response) => response.status)).toBe(
      200,
    );
    expect(server.calls()).toBe(expected);
    expect(waits).toHaveLength(expected - 1);
  });

  test.each([400, 401, 403, 404, 409])('is not sent again after %s', async (status) => {
    const server = await serveStatuses(status, status);
    const { http } = openTestHttp();
    expect(await http.request({ method: 'GET', url: server.url }, async (response) => response.status)).toBe(
      status,
    );
    expect(server.calls()).toBe(1);
  });

  test.each([408, 429, 500, 503])(
    'that asks for faults as answers gets %s with its words',
    async (status) => {
      const server = await serveStatuses(status);
      const { http } = openTestHttp();
      const response = await http.open({ method: 'GET', url: server.url, faults: 'answer' });
      expect([response.status, await response.text()]).toEqual([status, 'body']);
      expect(server.calls()).toBe(1);
    },
  );

  test('fails as temporary when nobody listens', async () => {
    const server = await startLocalServer(() => undefined);
    await server.close();
    const { http } = openTestHttp({ policy: { attempts: 2 } });
    await expect(http.request({ method: 'GET', url: server.url }, (r) => r.text())).rejects.toMatchObject({
      message: `GET ${server.url.href}: ECONNREFUSED (2 attempts)`,
      facts: { fault: 'network', temporary: true, neverSent: true },
    });
  });

  test('is repeated when the answer breaks off in the middle', async () => {
    let calls = 0;
    const server = await serve((_, response) => {
      calls++;
      response.writeHead(200, { 'content-length': '10' });
      response.write('12345', () => (calls === 1 ? response.destroy() : response.end('67890')));
    });
    const { http } = openTestHttp();
    expect(await http.request({ method: 'GET', url: server.url }, (r) => r.text())).toBe('1234567890');
    expect(calls).toBe(2);
  });

  test('to a server of plain HTTP over https fails at once with a hint', async () => {
    const server = await serve((_, response) => void response.end());
    const { http, waits } = openTestHttp();
    const url = new URL(`https://${server.host}/`);
    await expect(http.open({ method: 'GET', url })).rejects.toMatchObject({
      facts: { temporary: false, hint: 'the server may speak plain HTTP on this port' },
    });
    expect(waits).toEqual([]);
  });

  test('gives up on a server that accepts and says nothing', async () => {
    const silent = await serve(() => undefined);
    const { http } = openTestHttp({ timeouts: { headers: 20 } });
    await expect(http.open({ method: 'GET', url: silent.url })).rejects.toMatchObject({
      facts: { reason: 'no answer in time', temporary: true },
    });
  });
});

describe('a body', () => {
  test('that streams is announced with its length and opened anew for every attempt', async () => {
    const received: string[] = [];
    let calls = 0;
    const server = await serve(async (request, response) => {
      expect(request.headers['content-length']).toBe('6');
      expect(request.headers['transfer-encoding']).toBeUndefined();
      received.push((await bodyOf(request)).toString());
      response.writeHead(calls++ === 0 ? 503 : 201).end();
    });
    const { http } = openTestHttp();
    const sent: number[] = [];
    const body = {
      length: 6,
      open: () => Readable.from(['abc', 'def'].map(Buffer.from)),
      onSent: (n: number) => sent.push(n),
    };
    const status = await http.request({ method: 'PUT', url: server.url, body }, async (r) => r.status);
    expect(status).toBe(201);
    expect(received).toEqual(['abcdef', 'abcdef']);
    expect(sent).toEqual([3, 6, 3, 6]);
  });

  test.each([
    ['shorter', 'abc'],
    ['longer', 'abcdefghi'],
  ])('that is %s than announced fails and is not retried', async (_, text) => {
    const server = await serve(async (request, response) => {
      await bodyOf(request).catch(() => undefined);
      response.writeHead(201).end();
    });
    const { http, waits } = openTestHttp();
    const body = { length: 6, open: () => Readable.from([Buffer.from(text)]) };
    await expect(
      http.request({ method: 'PUT', url: server.url, body }, async (r) => r.status),
    ).rejects.toThrow('the body is not as long as announced');
    expect(waits).toEqual([]);
  });

  test('that cannot be read fails with its own reason', async () => {
    const server = await serve(async (request) => void (await bodyOf(request).catch(() => undefined)));
    const { http } = openTestHttp();
    const open = () =>
      new Readable({
        read() {
          this.destroy(Object.assign(new Error('gone'), { code: 'ENOENT' }));
        },
      });
    await expect(http.open({ method: 'PUT', url: server.url, body: { length: 3, open } })).rejects.toThrow(
      'ENOENT',
    );
  });

  test('of nothing is announced as such', async () => {
    const seen: IncomingHttpHeaders[] = [];
    const server = await serve((request, response) => {
      seen.push(request.headers);
      response.end();
    });
    const { http } = openTestHttp();
    await http.request({ method: 'POST', url: server.url }, async () => undefined);
    expect(seen[0]).toMatchObject({ 'content-length': '0', 'user-agent': 'image-builder/test' });
  });
});
