import { writeFile } from 'node:fs/promises';
import { describe, expect, onTestFinished, test } from 'vitest';
import { openTestHttp } from '../../../test/fakes/registry/open-http.ts';
import type { TlsIdentity } from '../../../test/fakes/signify/authority.ts';
import {
  type FakeSignify,
  type SignifyFault,
  type SignifyOptions,
  startFakeSignify,
} from '../../../test/fakes/signify/fake-signify.ts';
import { createTestPki, secretText, writeTestFile } from '../../../test/fakes/signify/test-pki.ts';
import { type Digest, parseRepository } from '../../oci/index.ts';
import { type SignifyPorts, type SignifySignerOptions, signifySigner } from './signify-signer.ts';

const pki = await createTestPki();
const { anna, clients, services, server, stranger } = pki;
const hour = 3_600_000;
const hex = 'cd'.repeat(32);
const image = `r.example.com/team/app@sha256:${hex}`;
const target = {
  repository: parseRepository('r.example.com/team/app') ?? { registry: '', path: '' },
  descriptor: {
    mediaType: 'application/vnd.oci.image.manifest.v1+json',
    digest: `sha256:${hex}` as Digest,
    size: 700,
  },
  tags: ['v1', 'latest'],
  metadata: { commit: 'abc' },
};

async function startSignify(options: Partial<SignifyOptions> = {}): Promise<FakeSignify> {
  const fake = await startFakeSignify({ ...server, clientCa: clients.ca, ...options });
  onTestFinished(fake.close);
  return fake;
}

interface Stage {
  readonly identity?: TlsIdentity;
  readonly options?: Partial<SignifySignerOptions>;
  readonly ports?: Partial<SignifyPorts>;
}

async function openSigner({ endpoint }: Pick<FakeSignify, 'endpoint'>, stage: Stage = {}) {
  const warnings: string[] = [];
  const waits: number[] = [];
  const secretPath = await writeTestFile('secret.json', secretText(stage.identity ?? anna));
  const signer = signifySigner(
    {
      name: 'signify-prod',
      endpoint: endpoint.href,
      secretPath,
      caPath: await writeTestFile('ca.pem', services.ca),
      timeout: 10,
      retryTimeout: 4,
      ...stage.options,
    },
    {
      openHttp: (options) => {
        const opened = openTestHttp({ ...options, sleep: async (wait) => void waits.push(wait) });
        return opened.http;
      },
      clock: () => new Date(),
      warn: (message) => warnings.push(message),
      ...stage.ports,
    },
  );
  return { signer, warnings, waits, secretPath };
}

const answers = (...faults: readonly (SignifyFault | undefined)[]) => ({
  fault: (count: number) => faults[count - 1],
});

describe('signing with Signify', () => {
  test('sends the order and nothing else, and is a request, not a signature', async () => {
    const fake = await startSignify();
    const { signer, warnings } = await openSigner(fake);
    await signer.check();
    expect(await signer.sign(target)).toEqual({ state: 'requested', reused: false });
    expect([signer.name, signer.kind, warnings]).toEqual(['signify-prod', 'notary', []]);
    expect(fake.seen).toHaveLength(1);
    const { client, headers, body } = fake.seen[0] ?? {};
    expect(client).toBe('anna');
    expect(body).toBe(
      `{"trustedCollections":[{"gun":"r.example.com/team/app","targets":[{"name":"v1","byteSize":700,"digest":"${hex}"},{"name":"latest","byteSize":700,"digest":"${hex}"}]}]}`,
    );
    const own = ['accept-encoding', 'connection', 'content-length', 'host', 'user-agent'];
    expect(Object.keys(headers ?? {}).toSorted()).toEqual([...own, 'content-type'].toSorted());
  });

  test.each([
    ['429', [{ status: 429 }], [2000]],
    ['429 that says when', [{ status: 429, headers: { 'retry-after': '7' } }], [7000]],
    ['408, a request that did not arrive in time', [{ status: 408 }], [2000]],
    ['500, 502 and 503', [{ status: 500 }, { status: 502 }, { status: 503 }], [2000, 4000, 8000]],
    ['a cut connection', ['reset'], [2000]],
  ] as const)('goes on after %s', async (_, faults, expected) => {
    const fake = await startSignify(answers(...faults));
    const { signer, waits } = await openSigner(fake);
    expect(await signer.sign(target)).toMatchObject({ state: 'requested' });
    expect(waits).toEqual(expected);
    expect(fake.seen.at(-1)?.status).toBe(202);
  });

  test('gives up after five attempts, and a retry is worth it', async () => {
    const fake = await startSignify({ fault: () => ({ status: 503 }) });
    const { signer, waits } = await openSigner(fake, { options: { retryTimeout: 0 } });
    await expect(signer.sign(target)).rejects.toMatchObject({
      code: 'signing.unavailable',
      message: `signer "signify-prod": POST ${fake.endpoint.href}: 503 (5 attempts)`,
      details: { signer: 'signify-prod', failed: [image] },
    });
    expect(fake.seen).toHaveLength(5);
    // Even with no pause at all a service that is ill is not hammered.
    expect(waits).toEqual([500, 1000, 2000, 4000]);
  });

  test.each([400, 401, 403, 404, 409, 422])(
    'ends at once with %d and the words of the service',
    async (status) => {
      const body = '{"message":"unknown collection"}';
      const fake = await startSignify(answers({ status, body }));
      const { signer } = await openSigner(fake);
      await expect(signer.sign(target)).rejects.toMatchObject({
        code: 'signing.failed',
        message: `signer "signify-prod": the service answered ${status} "${body}", expected 202`,
        details: { failed: [image] },
      });
      expect(fake.seen).toHaveLength(1);
    },
  );

  test('repeats no more than 300 characters of them, on one line that no terminal or runner obeys', async () => {
    const fake = await startSignify(
      answers({ status: 400, body: `bad\u001b[2J\n::error::${'x'.repeat(400)}` }),
    );
    const { signer } = await openSigner(fake);
    const error = await signer.sign(target).catch((caught: Error) => caught);
    const [, words = ''] = /answered 400 "(.*)…", expected 202$/.exec((error as Error).message) ?? [];
    expect([...words]).toHaveLength(300);
    expect(words).toMatch(/^bad ::error::x+$/);
  });

  test('takes no words from an answer that is too long', async () => {
    const fake = await startSignify(answers({ status: 400, body: 'x'.repeat(100_000) }));
    const { signer } = await openSigner(fake);
    await expect(signer.sign(target)).rejects.toThrow(/answered 400, expected 202$/);
  });

  test.each([200, 201, 204])('takes %d for no success', async (status) => {
    const fake = await startSignify(answers({ status }));
    const { signer } = await openSigner(fake);
    await expect(signer.sign(target)).rejects.toMatchObject({ code: 'signing.failed' });
    expect(fake.seen).toHaveLength(1);
  });

  test.each([302, 307, 308])('follows no redirect (%d)', async (status) => {
    const elsewhere = await startSignify();
    const fake = await startSignify(answers({ status, headers: { location: elsewhere.endpoint.href } }));
    const { signer } = await openSigner(fake);
    await expect(signer.sign(target)).rejects.toMatchObject({
      code: 'signing.failed',
      hint: 'check the address of the service in the configuration',
    });
    expect(elsewhere.seen).toEqual([]);
  });

  test('does not wait for ever', async () => {
    const fake = await startSignify({ fault: () => 'silence' });
    const once = { attempts: 1 };
    const openHttp: SignifyPorts['openHttp'] = (options) => openTestHttp({ ...options, policy: once }).http;
    const { signer } = await openSigner(fake, { options: { timeout: 0.02 }, ports: { openHttp } });
    await expect(signer.sign(target)).rejects.toMatchObject({
      code: 'signing.unavailable',
      message: expect.stringMatching(/no answer in time$/),
    });
  });

  test('ends with the signal', async () => {
    const controller = new AbortController();
    const fake = await startSignify({
      fault: () => {
        controller.abort('SIGTERM');
        return 'silence';
      },
    });
    const { signer } = await openSigner(fake, { ports: { signal: controller.signal } });
    await expect(signer.sign(target)).rejects.toMatchObject({ code: 'cancelled' });
  });
});

describe('the identity of the client', () => {
  test('is the renewed one as soon as the file has changed', async () => {
    const fake = await startSignify();
    const { signer, secretPath } = await openSigner(fake);
    await signer.sign(target);
    await writeFile(secretPath, secretText(await clients.issue({ name: 'renewed', purpose: 'client' })));
    await signer.sign(target);
    expect(fake.seen.map(({ client }) => client)).toEqual(['anna', 'renewed']);
  });

  test('is warned of once when it ends within two days', async () => {
    const until = (hours: number) => new Date(Date.now() + hours * hour);
    const ending = await clients.issue({ name: 'ending', purpose: 'client', notAfter: until(47.5) });
    const fake = await startSignify();
    const { signer, warnings, secretPath } = await openSigner(fake, { identity: ending });
    await signer.check();
    await signer.sign(target);
    expect(warnings).toEqual([
      expect.stringMatching(
        /^signer "signify-prod": the certificate in ".*" expires in 47 h \d\d min, at .*Z: renew the secret$/,
      ),
    ]);
    const fresh = await clients.issue({ name: 'fresh', purpose: 'client', notAfter: until(49) });
    await writeFile(secretPath, secretText(fresh));
    await signer.sign(target);
    expect(warnings).toHaveLength(1);
  });

  test('is refused when it has expired, before anything is built or sent', async () => {
    const expired = { notBefore: new Date(0), notAfter: new Date(Date.now() - hour) };
    const identity = await clients.issue({ name: 'late', purpose: 'client', ...expired });
    const fake = await startSignify();
    const { signer } = await openSigner(fake, { identity });
    for (const attempt of [() => signer.check(), () => signer.sign(target)]) {
      await expect(attempt()).rejects.toMatchObject({
        code: 'signing.failed',
        message: expect.stringMatching(/the certificate expired at/),
      });
    }
    expect(fake.seen).toEqual([]);
  });

  test('of another authority ends as a cut connection, and the way out says what it may be', async () => {
    const fake = await startSignify();
    const { signer } = await openSigner(fake, { identity: stranger });
    await expect(signer.sign(target)).rejects.toMatchObject({
      code: 'signing.unavailable',
      hint: expect.stringMatching(/may have refused the client certificate/),
    });
    expect(fake.seen).toEqual([]);
  });
});

describe('the identity of the service', () => {
  test('must come from the authority that is configured', async () => {
    const fake = await startSignify();
    const caPath = await writeTestFile('ca.pem', clients.ca);
    const { signer } = await openSigner(fake, { options: { caPath } });
    await expect(signer.sign(target)).rejects.toMatchObject({
      code: 'signing.failed',
      hint: `the certificate of the service must be issued by an authority in "${caPath}"`,
    });
    expect(fake.seen).toEqual([]);
  });

  test('must come from an authority of the system when none is configured', async () => {
    const { signer } = await openSigner(await startSignify(), { options: { caPath: undefined } });
    await expect(signer.sign(target)).rejects.toMatchObject({
      code: 'signing.failed',
      hint: expect.stringMatching(/name its PEM file as "ca"/),
    });
  });

  test('cannot come from a file that holds no certificate', async () => {
    const caPath = await writeTestFile('ca.pem', 'nothing');
    const { signer } = await openSigner(await startSignify(), { options: { caPath } });
    await expect(signer.check()).rejects.toMatchObject({
      code: 'signing.failed',
      message: expect.stringMatching(/^signer "signify-prod": authorities ".*" cannot be read: /),
    });
  });
});
