import { describe, expect, test } from 'vitest';
import type { TlsIdentity } from '../../../test/fakes/signify/authority.ts';
import { type PostOptions, post } from '../../../test/fakes/signify/post.ts';
import { orderFor, type ServiceStand, startServiceStand } from '../../../test/fakes/signify/service-stand.ts';
import { createTestPki } from '../../../test/fakes/signify/test-pki.ts';
import { ImageBuilderError } from '../../core/index.ts';
import type { Descriptor } from '../../oci/index.ts';
import type { SigningServiceOptions } from './signing-service.ts';

const pki = await createTestPki();
const { anna, clients, services, stranger } = pki;
const { ca } = services;
const gun = 'r.example.com/team/app';
const day = 86_400_000;

const client = (name: string, more: object = {}) => clients.issue({ name, purpose: 'client', ...more });
const subject = 'C=DE, O=Test, CN=anna';
const identities = {
  nobody: undefined,
  stranger,
  'a client of our authority that is not on the list': await client('C=DE, O=Test, CN=bert'),
  'a client with more in its name': await client('C=DE, O=Test, OU=Other, CN=anna'),
  'a client with less in its name': await client('O=Test, CN=anna'),
  'a client with two names': await client('C=DE, O=Test, CN=anna, CN=bert'),
  'a client that writes the name of another into its own': await client('CN=C\\=DE\\, O\\=Test\\, CN\\=anna'),
  'a server of our authority': await clients.issue({ name: subject, purpose: 'server' }),
  'a client whose certificate expired': await client(subject, {
    notBefore: new Date(Date.now() - 2 * day),
    notAfter: new Date(Date.now() - day),
  }),
  'a client whose certificate is from the future': await client(subject, {
    notBefore: new Date(Date.now() + day),
  }),
} satisfies Record<string, TlsIdentity | undefined>;

interface Prepared {
  readonly stand: ServiceStand;
  /** Held under `gun`. */
  readonly image: Descriptor;
}

/** Sends one request with the certificate of a client that may have `gun` signed. */
async function attack(
  request: (prepared: Prepared) => Partial<PostOptions>,
  options: Partial<SigningServiceOptions> = {},
) {
  const stand = await startServiceStand(pki, options);
  const image = stand.hold(gun, 'manifest');
  const answer = await post({ url: stand.endpoint, ca, identity: anna, ...request({ stand, image }) });
  return { answer, stand };
}

/** Whatever was refused, nothing was signed, the answer has a code, and the log knows it. */
function expectRefusal(
  { answer, stand }: Awaited<ReturnType<typeof attack>>,
  status: number,
  code: string,
): void {
  expect(answer.json()).toEqual({ code, message: expect.any(String) });
  expect(answer.status).toBe(status);
  expect(stand.signed).toEqual([]);
  expect(stand.log).toMatchObject([{ status, code }]);
}

describe('nothing is signed for', () => {
  test.each([
    ['nobody', 'certificate-missing'],
    ['stranger', 'certificate-untrusted'],
    ['a client of our authority that is not on the list', 'client-unknown'],
    ['a client with more in its name', 'client-unknown'],
    ['a client with less in its name', 'client-unknown'],
    ['a client with two names', 'client-unknown'],
    ['a client that writes the name of another into its own', 'client-unknown'],
    ['a server of our authority', 'certificate-untrusted'],
    ['a client whose certificate expired', 'certificate-untrusted'],
    ['a client whose certificate is from the future', 'certificate-untrusted'],
  ] as const)('%s', async (name, code) => {
    const attacked = await attack(({ image }) => ({
      identity: identities[name],
      body: orderFor(gun, image),
    }));
    expectRefusal(attacked, 403, code);
  });
});

test('a subject counts whole, with whatever its authority put into it', async () => {
  const rich = 'C=DE, ST=BW, L=Walldorf, O=Test\\, Inc., OU=one, OU=two, DC=org, CN=ci';
  const identity = await client(`${rich}, 2.5.4.5=7`);
  const allow = [{ subject: `SERIALNUMBER=7, ${rich}`, gunPrefixes: [gun] }];
  const { answer, stand } = await attack(({ image }) => ({ identity, body: orderFor(gun, image) }), {
    allow,
  });
  expect([answer.status, stand.signed.length]).toEqual([202, 1]);
});

describe('nothing is signed in', () => {
  test.each([
    'r.example.com/team-evil/app',
    'r.example.com/teamapp',
    'r.example.com/tea',
    'r.example.com/other/team',
    'r.example.com:443/team/app',
    'r.example.com.evil.org/team/app',
    'evil.org/r.example.com/team/app',
    'R.example.com/team/app',
  ])('%s, which is not under the prefix of the client', async (foreign) => {
    const attacked = await attack(({ stand }) => ({ body: orderFor(foreign, stand.hold(foreign, 'x')) }));
    expectRefusal(attacked, 403, 'gun-forbidden');
  });

  test('a foreign repository that stands behind an own one', async () => {
    const foreign = 'r.example.com/other/app';
    const attacked = await attack(({ stand, image }) => {
      const [first] = orderFor(gun, image).trustedCollections;
      const [second] = orderFor(foreign, stand.hold(foreign, 'x')).trustedCollections;
      return { body: { trustedCollections: [first, second] } };
    });
    expectRefusal(attacked, 403, 'gun-forbidden');
  });
});

describe('nothing is signed that', () => {
  test.each([
    [
      'the registry does not hold',
      'digest-unknown',
      404,
      ({ image }: Prepared) => orderFor(gun, { ...image, digest: `sha256:${'0'.repeat(64)}` as never }),
    ],
    [
      'only another repository holds',
      'digest-unknown',
      404,
      ({ stand }: Prepared) => orderFor(gun, stand.hold('r.example.com/team/other', 'elsewhere')),
    ],
    [
      'is smaller than the client says',
      'size-mismatch',
      422,
      ({ image }: Prepared) => orderFor(gun, { ...image, size: image.size + 1 }),
    ],
    [
      'is larger than the client says',
      'size-mismatch',
      422,
      ({ image }: Prepared) => orderFor(gun, { ...image, size: image.size - 1 }),
    ],
    [
      'stands beside something that is missing',
      'digest-unknown',
      404,
      ({ image }: Prepared) => {
        const missing = { ...image, digest: `sha256:${'0'.repeat(64)}` as never };
        const [right] = orderFor(gun, image).trustedCollections;
        const [wrong] = orderFor(gun, missing).trustedCollections;
        return { trustedCollections: [right, wrong] };
      },
    ],
  ] as const)('%s', async (_, code, status, body) => {
    expectRefusal(await attack((prepared) => ({ body: body(prepared) })), status, code);
  });

  test('the registry answers with another digest for', async () => {
    const other = { mediaType: 'x', digest: `sha256:${'1'.repeat(64)}` as never, size: 8 };
    const attacked = await attack(({ image }) => ({ body: orderFor(gun, image) }), {
      resolve: async () => other,
    });
    expectRefusal(attacked, 404, 'digest-unknown');
  });
});

describe('nothing comes of', () => {
  const json = { 'content-type': 'application/json' };
  const garbage = Buffer.alloc(1024 * 1024, 0xa7);
  const at = (path: string) => (prepared: Prepared) => ({ url: new URL(path, prepared.stand.endpoint) });

  test.each([
    ['1 MiB of garbage', 400, 'request-invalid', () => ({ body: garbage })],
    ['one byte more', 413, 'body-too-large', () => ({ body: Buffer.concat([garbage, Buffer.of(0)]) })],
    ['8 MiB of garbage', 413, 'body-too-large', () => ({ body: Buffer.alloc(8 * 1024 * 1024) })],
    [
      '8 MiB of garbage from nobody',
      403,
      'certificate-missing',
      () => ({
        body: Buffer.alloc(8 * 1024 * 1024),
        identity: undefined,
      }),
    ],
    [
      'a form',
      415,
      'media-type-unsupported',
      () => ({
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
      }),
    ],
    ['no media type', 415, 'media-type-unsupported', () => ({ headers: {} })],
    [
      'another charset',
      415,
      'media-type-unsupported',
      () => ({
        headers: { 'content-type': 'application/json; charset=utf-16' },
      }),
    ],
    [
      'a compressed body',
      415,
      'media-type-unsupported',
      () => ({
        headers: { ...json, 'content-encoding': 'gzip' },
      }),
    ],
    ['another path', 404, 'path-unknown', at('/')],
    ['a path that leads back', 404, 'path-unknown', at('/signingsvc/sign/')],
    ['a question behind the path', 404, 'path-unknown', at('/signingsvc/sign?x')],
    ['an escaped path', 404, 'path-unknown', at('/signingsvc/%73ign')],
    ['a GET', 405, 'method-not-allowed', () => ({ method: 'GET' })],
    ['a PUT', 405, 'method-not-allowed', () => ({ method: 'PUT' })],
  ] as const)('%s', async (_, status, code, request) => {
    expectRefusal(await attack((prepared) => request(prepared)), status, code);
  });
});

describe('when others fail,', () => {
  const unavailable = async () => {
    const details = { method: 'GET', url: 'https://r.example.com/v2/secret-path' };
    throw new ImageBuilderError(
      'registry.unavailable',
      'GET https://r.example.com/v2/secret-path: 503',
      details,
    );
  };
  const expired = async () => {
    throw new ImageBuilderError('signing.failed', 'the key in "/keys/key.pem" is gone', {
      signer: 's',
      failed: [],
    });
  };
  const broken = async () => {
    throw new TypeError('x is not a function');
  };

  test.each([
    ['the registry', { resolve: unavailable }, 503, 'registry-unavailable'],
    ['the signer', { sign: expired }, 503, 'signing-failed'],
    ['our own code', { sign: broken }, 500, 'internal'],
  ] as const)(
    'here %s, the client is told no more than that, and the log everything',
    async (_, options, status, code) => {
      const attacked = await attack(({ image }) => ({ body: orderFor(gun, image) }), options);
      expectRefusal(attacked, status, code);
      expect(attacked.answer.text).not.toMatch(/secret-path|key\.pem|function/);
      expect(attacked.stand.log[0]?.cause).toMatch(/secret-path|key\.pem|function/);
    },
  );
});

test('the log of the service speaks to no runner that reads along', async () => {
  const command = '##vso[task.setvariable]x';
  const inPath = await attack(() => ({ path: `/${command}` }));
  const inTag = await attack(({ image }) => ({ body: orderFor(gun, image, command) }));
  expect(JSON.stringify([inPath.stand.log, inTag.stand.log])).not.toContain('##vso[');
  expect(inPath.stand.log).toMatchObject([{ code: 'path-unknown', path: '/## vso[task.setvariable]x' }]);
  expect(inTag.stand.log).toMatchObject([{ code: 'request-invalid' }]);
});

describe('too much', () => {
  test('from one client is put off until later, and others do not suffer for it', async () => {
    let now = 0;
    const bert = await client('CN=bert');
    const stand = await startServiceStand(pki, {
      clock: () => new Date(now),
      limits: { requestsPerMinute: 2 },
      allow: [subject, 'CN=bert'].map((each) => ({ subject: each, gunPrefixes: ['r.example.com'] })),
    });
    const body = orderFor(gun, stand.hold(gun, 'manifest'));
    const send = (identity: TlsIdentity) => post({ url: stand.endpoint, ca, identity, body });
    expect([(await send(anna)).status, (await send(anna)).status]).toEqual([202, 202]);
    const refused = await send(anna);
    expect([refused.status, refused.headers['retry-after']]).toEqual([429, '30']);
    expect(refused.json()).toMatchObject({ code: 'rate-exceeded' });
    expect((await send(bert)).status).toBe(202);
    now += 30_000;
    expect((await send(anna)).status).toBe(202);
    expect((await send(anna)).status).toBe(429);
  });

  test('at once is put off for a moment', async () => {
    const release = Promise.withResolvers<void>();
    const begun = Promise.withResolvers<void>();
    const stand = await startServiceStand(pki, {
      sign: async () => {
        begun.resolve();
        await release.promise;
        return { state: 'attached', reused: false };
      },
      limits: { concurrent: 1, waiting: 0 },
    });
    const body = orderFor(gun, stand.hold(gun, 'manifest'));
    const order = { url: stand.endpoint, ca, identity: anna, body };
    const first = post(order);
    await begun.promise;
    const second = await post(order);
    expect([second.status, second.headers['retry-after']]).toEqual([503, '1']);
    expect(second.json()).toMatchObject({ code: 'busy' });
    release.resolve();
    expect((await first).status).toBe(202);
  });
});
