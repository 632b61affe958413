import { describe, expect, onTestFinished, test } from 'vitest';
import type { Descriptor } from '../../src/oci/index.ts';
import { signifySigner } from '../../src/signing/index.ts';
import { openTestHttp } from '../fakes/registry/open-http.ts';
import type { TlsIdentity } from '../fakes/signify/authority.ts';
import { startFakeSignify } from '../fakes/signify/fake-signify.ts';
import { type PostOptions, post } from '../fakes/signify/post.ts';
import { orderFor, startServiceStand } from '../fakes/signify/service-stand.ts';
import { createTestPki, secretText, writeTestFile } from '../fakes/signify/test-pki.ts';

const pki = await createTestPki();
const { anna, clients, server, services, stranger } = pki;
const gun = 'r.example.com/team/app';

/** One that speaks Signify, holds manifests, and lets `anna` have signed what is under `r.example.com/team`. */
interface Stand {
  readonly endpoint: URL;
  readonly hold: (gun: string, content: string) => Descriptor;
  /** How many orders it took. */
  readonly taken: () => number;
}

const ofService = async (): Promise<Stand> => {
  const { endpoint, hold, log } = await startServiceStand(pki);
  return { endpoint, hold, taken: () => log.filter(({ status }) => status === 202).length };
};

const ofFake = async (): Promise<Stand> => {
  const gunPrefixes = ['r.example.com/team'];
  const fake = await startFakeSignify({ ...server, clientCa: clients.ca, gunPrefixes });
  onTestFinished(fake.close);
  // Nobody knows how Signify finds out what a registry holds: the fake takes the client's word.
  const { hold } = await startServiceStand(pki);
  return {
    endpoint: fake.endpoint,
    hold,
    taken: () => fake.seen.filter(({ status }) => status === 202).length,
  };
};

async function openSigner({ endpoint }: Stand, identity: TlsIdentity) {
  const options = {
    name: 'signify',
    endpoint: endpoint.href,
    secretPath: await writeTestFile('secret.json', secretText(identity)),
    caPath: await writeTestFile('ca.pem', services.ca),
    timeout: 10,
    retryTimeout: 1,
  };
  return signifySigner(options, {
    openHttp: (given) => openTestHttp({ ...given, sleep: async () => undefined }).http,
    clock: () => new Date(),
    warn: () => undefined,
  });
}

describe.each([
  ['the fake of Signify', ofFake],
  ['our signing service', ofService],
])('%s', (_, open) => {
  const send = (stand: Stand, options: Partial<PostOptions>) =>
    post({ url: stand.endpoint, ca: services.ca, identity: anna, ...options });

  test('takes the order of our client, and the same order again', async () => {
    const stand = await open();
    const signer = await openSigner(stand, anna);
    await signer.check();
    const repository = { registry: 'r.example.com', path: 'team/app' };
    const target = {
      repository,
      descriptor: stand.hold(gun, 'manifest'),
      tags: ['v1', 'latest'],
      metadata: {},
    };
    expect(await signer.sign(target)).toEqual({ state: 'requested', reused: false });
    expect(await signer.sign(target)).toEqual({ state: 'requested', reused: false });
    expect(stand.taken()).toBe(2);
  });

  test('takes an order for several images', async () => {
    const stand = await open();
    const collections = ['one', 'two'].flatMap(
      (name) => orderFor(`${gun}/${name}`, stand.hold(`${gun}/${name}`, name)).trustedCollections,
    );
    expect((await send(stand, { body: { trustedCollections: collections } })).status).toBe(202);
  });

  test('tells our client in its own words why it refuses', async () => {
    const stand = await open();
    const signer = await openSigner(stand, anna);
    const repository = { registry: 'r.example.com', path: 'other/app' };
    const target = { repository, descriptor: stand.hold(gun, 'manifest'), tags: ['v1'], metadata: {} };
    await expect(signer.sign(target)).rejects.toMatchObject({
      code: 'signing.failed',
      message: expect.stringMatching(/the service answered 403 ".*r\.example\.com\/other\/app/),
    });
    expect(stand.taken()).toBe(0);
  });

  test('takes nothing from a client of another authority', async () => {
    const stand = await open();
    const signer = await openSigner(stand, stranger);
    const repository = { registry: 'r.example.com', path: 'team/app' };
    const target = { repository, descriptor: stand.hold(gun, 'manifest'), tags: ['v1'], metadata: {} };
    await expect(signer.sign(target)).rejects.toMatchObject({ code: expect.stringMatching(/^signing\./) });
    expect(stand.taken()).toBe(0);
  });

  test('takes nothing from a client without a certificate', async () => {
    const stand = await open();
    const body = orderFor(gun, stand.hold(gun, 'manifest'));
    const status = await send(stand, { identity: undefined, body }).then(
      (answer) => answer.status,
      () => 'the handshake failed',
    );
    expect([403, 'the handshake failed']).toContain(status);
    expect(stand.taken()).toBe(0);
  });

  const target = { name: 'v1', byteSize: 8, digest: 'ab'.repeat(32) };
  const collection = (changes: object) => ({
    trustedCollections: [{ gun, targets: [{ ...target, ...changes }] }],
  });

  test.each([
    ['no JSON', 400, { body: '{' }],
    ['no collection', 400, { body: { trustedCollections: [] } }],
    ['the keys that Signify once had', 400, { body: { gunTargets: [] } }],
    ['no target', 400, { body: { trustedCollections: [{ gun, targets: [] }] } }],
    ['a GUN with a tag', 400, { body: { trustedCollections: [{ gun: `${gun}:v1`, targets: [target] }] } }],
    ['a digest with its algorithm', 400, { body: collection({ digest: `sha256:${target.digest}` }) }],
    ['a digest that is cut off', 400, { body: collection({ digest: 'abc' }) }],
    ['a size as text', 400, { body: collection({ byteSize: '8' }) }],
    ['a key that nobody knows', 400, { body: collection({ version: 1 }) }],
    ['no tag', 400, { body: collection({ name: '' }) }],
    ['plain text', 415, { body: collection({}), headers: { 'content-type': 'text/plain' } }],
    ['a GET', 405, { method: 'GET' }],
  ])('refuses %s with %d', async (_, status, options) => {
    const stand = await open();
    expect((await send(stand, options)).status).toBe(status);
    expect(stand.taken()).toBe(0);
  });

  test('has no other path', async () => {
    const stand = await open();
    const answer = await send(stand, { url: new URL('/sign', stand.endpoint), body: collection({}) });
    expect(answer.status).toBe(404);
  });
});
