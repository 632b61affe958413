import { once } from 'node:events';
import { connect as connectPlain } from 'node:net';
import { type ConnectionOptions, connect, type TLSSocket } from 'node:tls';
import { describe, expect, onTestFinished, test } from 'vitest';
import { openTestHttp } from '../../../test/fakes/registry/open-http.ts';
import { post } from '../../../test/fakes/signify/post.ts';
import {
  orderFor,
  type ServiceStand,
  servicePath,
  startServiceStand,
} from '../../../test/fakes/signify/service-stand.ts';
import { createTestPki, secretText, writeTestFile } from '../../../test/fakes/signify/test-pki.ts';
import { Secret } from '../../core/index.ts';
import type { SigningOutcome } from '../../signers/index.ts';
import { signifySigner } from '../signify/signify-signer.ts';

const pki = await createTestPki();
const { anna, clients, server, services, stranger } = pki;
const { ca } = services;
const gun = 'r.example.com/team/app';

/** A raw connection to the service that ends with the test. */
async function dial(url: URL, options: ConnectionOptions = {}): Promise<TLSSocket> {
  const socket = connect({
    host: '127.0.0.1',
    servername: 'localhost',
    port: Number(url.port),
    ca,
    ...options,
  });
  onTestFinished(() => void socket.destroy());
  await once(socket, 'secureConnect');
  return socket;
}

async function everythingFrom(socket: TLSSocket): Promise<string> {
  const chunks: Buffer[] = [];
  socket.on('data', (chunk) => chunks.push(chunk));
  socket.on('error', () => undefined);
  await once(socket, 'close');
  return Buffer.concat(chunks).toString();
}

describe('the signing service', () => {
  test('signs what the registry holds, and logs who asked for what', async () => {
    const stand = await startServiceStand(pki);
    const image = stand.hold(gun, 'manifest');
    const answer = await post({ url: stand.endpoint, ca, identity: anna, body: orderFor(gun, image) });
    const signature = expect.stringMatching(/^sha256:/);
    expect(answer.status).toBe(202);
    expect(answer.json()).toEqual({ signatures: [{ gun, digest: image.digest, signature, reused: false }] });
    expect(stand.signed).toEqual([
      {
        repository: { registry: 'r.example.com', path: 'team/app' },
        descriptor: image,
        tags: ['v1'],
        metadata: {},
      },
    ]);
    expect(stand.log).toEqual([
      {
        time: '2026-03-04T05:06:07.890Z',
        method: 'POST',
        path: servicePath,
        remoteAddress: '127.0.0.1',
        client: 'C=DE, O=Test, CN=anna',
        status: 202,
        orders: [{ gun, digest: image.digest, size: image.size, tags: ['v1'] }],
        signed: [{ gun, digest: image.digest, signature, reused: false }],
        milliseconds: 0,
      },
    ]);
  });

  test('signs an image once under all its tags, and the same again not at all', async () => {
    const stand = await startServiceStand(pki);
    const image = stand.hold(gun, 'manifest');
    const [one] = orderFor(gun, image, 'v1').trustedCollections;
    const [two] = orderFor(gun, image, 'latest').trustedCollections;
    const body = { trustedCollections: [one, two] };
    const order = { url: stand.endpoint, ca, identity: anna, body };
    expect((await post(order)).json()).toMatchObject({ signatures: [{ reused: false }] });
    expect(stand.signed.map(({ tags }) => tags)).toEqual([['v1', 'latest']]);
    const replayed = await post(order);
    expect(replayed.status).toBe(202);
    expect(replayed.json()).toMatchObject({ signatures: [{ reused: true }] });
    expect(stand.signed).toHaveLength(1);
  });

  test('is asked for its health without a certificate', async () => {
    const stand = await startServiceStand(pki);
    const url = new URL('/healthz', stand.endpoint);
    const healthy = await post({ url, ca, method: 'GET' });
    expect([healthy.status, healthy.json()]).toEqual([200, { status: 'ok' }]);
    const wrong = await post({ url, ca });
    expect([wrong.status, wrong.headers.allow]).toEqual([405, 'GET, HEAD']);
    expect(stand.log).toEqual([]);
  });

  test('lets requests for one digest at the same time share one signature', async () => {
    const outcome = Promise.withResolvers<SigningOutcome>();
    let [calls, looked] = [0, 0];
    const stand = await startServiceStand(pki, {
      sign: () => {
        calls++;
        return outcome.promise;
      },
      resolve: async (_, digest) => {
        // The last one has asked for its signature by then.
        if (++looked === 3) setImmediate(() => outcome.resolve({ state: 'attached', reused: false }));
        return { mediaType: 'application/vnd.oci.image.manifest.v1+json', size: 8, digest };
      },
    });
    const body = orderFor(gun, stand.hold(gun, 'manifest'));
    const orders = Array.from({ length: 3 }, () => post({ url: stand.endpoint, ca, identity: anna, body }));
    expect((await Promise.all(orders)).map(({ status }) => status)).toEqual([202, 202, 202]);
    expect(calls).toBe(1);
  });

  test('takes 200 requests at once', { timeout: 30_000 }, async () => {
    const four = Promise.withResolvers<void>();
    let [running, most] = [0, 0];
    const stand = await startServiceStand(pki, {
      sign: async () => {
        most = Math.max(most, ++running);
        if (running === 4) four.resolve();
        await four.promise;
        running--;
        return { state: 'attached', reused: false };
      },
      limits: { concurrent: 4 },
    });
    const orders = Array.from({ length: 200 }, (_, at) =>
      post({
        url: stand.endpoint,
        ca,
        identity: anna,
        body: orderFor(gun, stand.hold(gun, `manifest ${at}`)),
      }),
    );
    const statuses = (await Promise.all(orders)).map(({ status }) => status);
    expect(statuses.filter((status) => status !== 202)).toEqual([]);
    expect(most).toBe(4);
    expect(stand.log).toHaveLength(200);
  });

  test.each([
    ['a subject that cannot be read', { allow: [{ subject: 'anna', gunPrefixes: [] }] }, 'allow[0].subject'],
    [
      'one subject twice, in another order',
      {
        allow: [
          { subject: 'CN=a, O=b', gunPrefixes: [] },
          { subject: 'O=b,CN=a', gunPrefixes: [] },
        ],
      },
      'allow[1].subject',
    ],
    [
      'a key that does not belong to its certificate',
      { tls: { cert: server.cert, key: new Secret(anna.key), clientCa: clients.ca } },
      'tls',
    ],
    ['an address that is not here', { listen: { host: '192.0.2.1', port: 0, path: '/' } }, 'listen'],
  ])('does not start with %s', async (_, options, path) => {
    await expect(startServiceStand(pki, options)).rejects.toMatchObject({
      code: 'config.invalid',
      details: { problems: [{ path, hint: expect.any(String) }] },
    });
  });
});

describe('the end of the signing service', () => {
  test('waits for what runs, and takes nothing new', async () => {
    const outcome = Promise.withResolvers<SigningOutcome>();
    const begun = Promise.withResolvers<void>();
    const sign = () => {
      begun.resolve();
      return outcome.promise;
    };
    const stand = await startServiceStand(pki, { sign });
    const order = {
      url: stand.endpoint,
      ca,
      identity: anna,
      body: orderFor(gun, stand.hold(gun, 'manifest')),
    };
    const socket = await dial(stand.endpoint);
    const running = post(order);
    await begun.promise;
    const closed = stand.service.close();
    await expect(post(order)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    const late = everythingFrom(socket);
    socket.write('GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n');
    expect(await late).toMatch(/^HTTP\/1\.1 503 [\s\S]*connection: close[\s\S]*"closing"/i);
    outcome.resolve({ state: 'attached', reused: false });
    const answer = await running;
    expect([answer.status, answer.headers.connection]).toEqual([202, 'close']);
    await closed;
    await expect(stand.service.close()).resolves.toBeUndefined();
  });

  test('cuts what takes too long', async () => {
    const begun = Promise.withResolvers<void>();
    const stand = await startServiceStand(pki, {
      sign: () => {
        begun.resolve();
        return new Promise(() => undefined);
      },
      limits: { shutdownMilliseconds: 1 },
    });
    const body = orderFor(gun, stand.hold(gun, 'manifest'));
    const running = post({ url: stand.endpoint, ca, identity: anna, body });
    running.catch(() => undefined);
    await begun.promise;
    await stand.service.close();
    await expect(running).rejects.toMatchObject({ code: 'ECONNRESET' });
  });

  test('cuts who never begins the handshake', async () => {
    const hour = 3_600_000;
    const limits = { headersMilliseconds: hour, requestMilliseconds: hour, shutdownMilliseconds: 1 };
    const stand = await startServiceStand(pki, { limits });
    const socket = connectPlain(Number(stand.endpoint.port), '127.0.0.1');
    onTestFinished(() => void socket.destroy());
    socket.on('error', () => undefined);
    // The service has accepted both when it answers the later one.
    await once(socket, 'connect');
    await post({ url: new URL('/healthz', stand.endpoint), ca, method: 'GET' });
    await stand.service.close();
    if (!socket.closed) await once(socket, 'close');
  });
});

describe('a restart in the middle', () => {
  test('is borne by our client, and the image is signed once', async () => {
    const begun = Promise.withResolvers<void>();
    const neverEnding = () => {
      begun.resolve();
      return new Promise<SigningOutcome>(() => undefined);
    };
    const first = await startServiceStand(pki, { sign: neverEnding, limits: { shutdownMilliseconds: 1 } });
    const image = first.hold(gun, 'manifest');
    const stands: ServiceStand[] = [];
    const restart = async () => {
      const listen = { host: '127.0.0.1', port: Number(first.endpoint.port), path: servicePath };
      const second = await startServiceStand(pki, { listen });
      second.hold(gun, 'manifest');
      stands.push(second);
    };
    const options = {
      name: 'signify',
      endpoint: first.endpoint.href,
      secretPath: await writeTestFile('secret.json', secretText(anna)),
      caPath: await writeTestFile('ca.pem', ca),
      timeout: 10,
      retryTimeout: 1,
    };
    const signer = signifySigner(options, {
      openHttp: (given) => openTestHttp({ ...given, sleep: restart }).http,
      clock: () => new Date(),
      warn: () => undefined,
    });
    const repository = { registry: 'r.example.com', path: 'team/app' };
    const signing = signer.sign({ repository, descriptor: image, tags: ['v1'], metadata: {} });
    await begun.promise;
    await first.service.close();
    expect(await signing).toEqual({ state: 'requested', reused: false });
    expect(stands.map(({ signed }) => signed.length)).toEqual([1]);
  });
});

describe('a connection', () => {
  test.each([
    ['says nothing', 'headersMilliseconds', ''],
    ['sends its head by and by', 'headersMilliseconds', 'POST /signingsvc/sign HTTP/1.1\r\nhost: x\r\n'],
    [
      'sends its body by and by',
      'requestMilliseconds',
      'POST /signingsvc/sign HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{',
    ],
  ])('that %s is cut by %s', async (_, limit, text) => {
    // The handshake must not be what takes too long.
    const stand = await startServiceStand(pki, { limits: { [limit]: 500 } });
    const socket = await dial(stand.endpoint, anna);
    if (text !== '') socket.write(text);
    expect(await everythingFrom(socket)).toMatch(/^(?:HTTP\/1\.1 408 |$)/);
    expect(stand.signed).toEqual([]);
  });

  test('of TLS 1.1 is refused', async () => {
    const stand = await startServiceStand(pki);
    const old = { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'ALL@SECLEVEL=0' } as const;
    await expect(dial(stand.endpoint, { ...anna, ...old })).rejects.toMatchObject({
      code: 'ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION',
    });
  });

  test.each(['TLSv1.2', 'TLSv1.3'] as const)(
    'of %s never resumes the trust of another one',
    async (version) => {
      const stand = await startServiceStand(pki);
      const only = { minVersion: version, maxVersion: version };
      let session: Buffer | undefined;
      const first = await dial(stand.endpoint, { ...anna, ...only });
      first.on('session', (given) => {
        session = given;
      });
      first.end('GET /healthz HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n');
      await everythingFrom(first);
      session ??= first.getSession();
      const second = await dial(stand.endpoint, { ...stranger, ...only, session });
      expect(second.isSessionReused()).toBe(false);
      second.end(`POST ${servicePath} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n`);
      expect(await everythingFrom(second)).toMatch(/"certificate-untrusted"/);
    },
  );
});
