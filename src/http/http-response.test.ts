import type { IncomingHttpHeaders } from 'node:http';
import { describe, expect, test } from 'vitest';
import { openTestHttp, serve } from '../../test/fakes/registry/open-http.ts';
import { Secret } from '../core/index.ts';

describe('an answer', () => {
  test.each([
    ['announced', true],
    ['not announced', false],
  ])('above the limit throws and names the limit, when its size is %s', async (_, announced) => {
    const server = await serve((_request, response) => {
      response.writeHead(200, announced ? { 'content-length': '2001' } : {});
      response.write('x'.repeat(2_000));
      response.end('x');
    });
    const { http } = openTestHttp();
    await expect(http.request({ method: 'GET', url: server.url }, (r) => r.bytes(2_000))).rejects.toThrow(
      'the answer is larger than 2.0 kB',
    );
  });

  test('that never comes to its end is cut off after the time for a body', async () => {
    const server = await serve(async (_, response) => {
      response.writeHead(200);
      const dripping = setInterval(() => response.write('x'), 5);
      response.on('close', () => clearInterval(dripping));
    });
    const { http } = openTestHttp({ timeouts: { body: 100 }, policy: { attempts: 1 } });
    await expect(http.request({ method: 'GET', url: server.url }, (r) => r.text())).rejects.toMatchObject({
      facts: { temporary: true, reason: 'the answer was not complete after 0.1 s' },
    });
  });

  test('that is not JSON is a final fault that does not show it', async () => {
    const server = await serve((_, response) => void response.end('<secret page>'));
    const { http } = openTestHttp();
    const error = await http
      .request({ method: 'GET', url: server.url }, (r) => r.json())
      .catch((e: unknown) => e);
    expect(error).toMatchObject({ facts: { fault: 'response', temporary: false } });
    expect(String(error)).not.toContain('secret page');
  });

  test('that nobody reads gives its socket back', async () => {
    const sockets = new Set<unknown>();
    const server = await serve((request, response) => {
      sockets.add(request.socket);
      response.end('x'.repeat(1_000));
    });
    const { http } = openTestHttp();
    for (let i = 0; i < 9; i++) await http.request({ method: 'GET', url: server.url }, async () => undefined);
    expect(sockets.size).toBeLessThan(4);
  });
});

describe('a redirect', () => {
  test('to another origin arrives without the credentials', async () => {
    const seen: IncomingHttpHeaders[] = [];
    const storage = await serve((request, response) => {
      seen.push(request.headers);
      response.end('blob');
    });
    const registry = await serve((request, response) => {
      seen.push(request.headers);
      response.writeHead(307, { location: `${storage.url.href}x?sig=1` }).end();
    });
    const { http } = openTestHttp();
    const authorization = new Secret('Bearer abc');
    expect(await http.request({ method: 'GET', url: registry.url, authorization }, (r) => r.text())).toBe(
      'blob',
    );
    expect(seen.map((headers) => headers.authorization)).toEqual(['Bearer abc', undefined]);
  });

  test('that leads in a circle ends', async () => {
    let calls = 0;
    const server = await serve((_, response) => {
      calls++;
      response.writeHead(302, { location: '/' }).end();
    });
    const { http } = openTestHttp();
    await expect(http.open({ method: 'GET', url: server.url })).rejects.toThrow('more than 5 redirects');
    expect(calls).toBe(6);
  });
});
