import { once } from 'node:events';
import {
  createServer as createProxy,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import { createServer, type ServerOptions } from 'node:https';
import { type AddressInfo, connect } from 'node:net';
import tls, { type TLSSocket } from 'node:tls';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { openTestHttp } from '../../test/fakes/registry/open-http.ts';
import { type Authority, createAuthority, type TlsIdentity } from '../../test/fakes/signify/authority.ts';
import { Secret } from '../core/index.ts';

const clients = await createAuthority('clients');
const services = await createAuthority('services');

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

/** Tells everybody who has a certificate of `clients` their own name. */
const greet: Handler = (request, response) => {
  const { CN = '' } = (request.socket as TLSSocket).getPeerCertificate().subject ?? {};
  response.end(`hello ${CN}`);
};

async function serveTls(handler = greet, options: ServerOptions = {}): Promise<URL> {
  const hosts = ['localhost', 'sign.test'];
  const { cert, key } = await services.issue({ name: 'server', purpose: 'server', hosts });
  const mutual = { requestCert: true, rejectUnauthorized: true, ca: clients.ca };
  const port = await listening(createServer({ cert, key, ...mutual, ...options }, handler));
  return new URL(`https://localhost:${port}/`);
}

async function listening(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

function tlsOf({ cert, key }: TlsIdentity, { ca }: Authority = services) {
  return { client: { certificate: cert, key: new Secret(key) }, ca };
}

const anna = await clients.issue({ name: 'anna', purpose: 'client' });

describe('a client certificate', () => {
  test('is shown to the server', async () => {
    const { http } = openTestHttp({ tls: tlsOf(anna) });
    const response = await http.open({ method: 'GET', url: await serveTls() });
    expect(await response.text()).toBe('hello anna');
  });

  test('is shown to the server through a proxy too', async () => {
    const url = await serveTls();
    const asked: string[] = [];
    const proxy = createProxy().on('connect', ({ url: target = '' }, socket) => {
      asked.push(target);
      const upstream = connect(Number(url.port), '127.0.0.1', () => {
        socket.write('HTTP/1.1 200 OK\r\n\r\n');
        upstream.pipe(socket).pipe(upstream);
      });
    });
    vi.stubEnv('https_proxy', `http://127.0.0.1:${await listening(proxy)}`);
    vi.stubEnv('no_proxy', '');
    onTestFinished(() => void vi.unstubAllEnvs());
    const { http } = openTestHttp({ tls: tlsOf(anna) });
    // This name is not taken for this machine, and the proxy connects to it whatever it is called.
    url.hostname = 'sign.test';
    const response = await http.open({ method: 'GET', url });
    expect(await response.text()).toBe('hello anna');
    expect(asked).toEqual([`sign.test:${url.port}`]);
  });

  test.each([301, 307, 308])('never follows a redirect (%d)', async (status) => {
    let calls = 0;
    const url = await serveTls((_, response) => {
      calls++;
      response.writeHead(status, { location: '/elsewhere' }).end();
    });
    const { http } = openTestHttp({ tls: tlsOf(anna) });
    expect((await http.open({ method: 'GET', url })).status).toBe(status);
    expect(calls).toBe(1);
  });

  test('of another authority shows up as a cut connection, and the way out says so', async () => {
    const stranger = await (await createAuthority('strangers')).issue({ name: 'x', purpose: 'client' });
    const { http } = openTestHttp({ tls: tlsOf(stranger), policy: { attempts: 1 } });
    await expect(
      http.request({ method: 'POST', url: await serveTls() }, (r) => r.text()),
    ).rejects.toMatchObject({
      facts: { fault: 'network', hint: expect.stringMatching(/refused the client certificate/) },
    });
  });

  test('that is missing where TLS 1.2 is spoken is asked for by the way out', async () => {
    const { http } = openTestHttp({ tls: { ca: services.ca } });
    const url = await serveTls(greet, { maxVersion: 'TLSv1.2' });
    await expect(http.open({ method: 'POST', url })).rejects.toMatchObject({
      facts: { fault: 'network', temporary: false, hint: 'the server may want a client certificate' },
    });
  });
});

describe('a private authority', () => {
  test('is the only one that is believed', async () => {
    const url = await serveTls(greet, { requestCert: false });
    const { http } = openTestHttp({ tls: { ca: services.ca } });
    expect((await http.open({ method: 'GET', url })).status).toBe(200);
    const { http: other } = openTestHttp({ tls: { ca: clients.ca } });
    await expect(other.open({ method: 'GET', url })).rejects.toMatchObject({
      facts: { fault: 'certificate', temporary: false },
    });
  });

  test('is not believed when nobody named it', async () => {
    const { http } = openTestHttp();
    await expect(http.open({ method: 'GET', url: await serveTls() })).rejects.toMatchObject({
      facts: { fault: 'certificate' },
    });
  });
});

describe('a server that only knows TLS 1.1', () => {
  test('is refused with the way out', async () => {
    const old = { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'ALL@SECLEVEL=0' } as const;
    const { DEFAULT_CIPHERS, DEFAULT_MIN_VERSION } = tls;
    onTestFinished(() => void Object.assign(tls, { DEFAULT_CIPHERS, DEFAULT_MIN_VERSION }));
    // Even where Node itself, by its options, would speak it.
    Object.assign(tls, { DEFAULT_CIPHERS: old.ciphers, DEFAULT_MIN_VERSION: old.minVersion });
    const { http } = openTestHttp({ tls: tlsOf(anna) });
    await expect(http.open({ method: 'GET', url: await serveTls(greet, old) })).rejects.toMatchObject({
      facts: { temporary: false, hint: 'the server must speak TLS 1.2 or later' },
    });
  });
});
