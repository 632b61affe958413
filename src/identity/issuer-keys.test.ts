import { describe, expect, test } from 'vitest';
import type { FakeIssuer, IssuerFault } from '../../test/fakes/oidc-issuer/fake-issuer.ts';
import {
  githubSettings,
  now,
  openTestTrust,
  startTestIssuer,
  type TestTrust,
} from '../../test/fakes/oidc-issuer/open-trust.ts';
import { createSigningKey } from '../../test/fakes/oidc-issuer/signing-key.ts';
import { openTestHttp, serve } from '../../test/fakes/registry/open-http.ts';
import { Secret } from '../core/index.ts';
import { openIssuerKeys } from './issuer-keys.ts';
import { verifyToken } from './verify-token.ts';

const metadata = '/.well-known/openid-configuration';
const jwks = '/.well-known/jwks';

interface Stand {
  readonly issuer: FakeIssuer;
  readonly trust: TestTrust;
  readonly verify: (token?: string, secondsLater?: number) => ReturnType<typeof verifyToken>;
}

async function stand(
  fault?: (path: string, count: number) => IssuerFault | undefined,
  options: { deadline?: number; signal?: AbortSignal } = {},
): Promise<Stand> {
  let count = 0;
  const issuer = await startTestIssuer({ fault: (path) => fault?.(path, ++count) });
  const trust = await openTestTrust([githubSettings(issuer.url)], options);
  const verify = (token = issuer.token(), secondsLater = 0) =>
    verifyToken(new Secret(token), trust, new Date(now.getTime() + secondsLater * 1000));
  return { issuer, trust, verify };
}

const looks = ({ seen }: FakeIssuer) => seen.filter((path) => path === jwks).length;
const unknown = { details: { claim: 'kid', reason: 'unknown' } };

describe('the keys of an issuer', () => {
  test('are asked for once, also by callers at the same time', async () => {
    const { issuer, verify } = await stand();
    await Promise.all([verify(), verify(), verify()]);
    await verify(issuer.token(), 599);
    expect(looks(issuer)).toBe(1);
  });

  test('are asked for again after ten minutes, so that a withdrawn one is not believed for ever', async () => {
    const { issuer, verify } = await stand();
    await verify();
    const token = issuer.token({
      claims: { iat: now.getTime() / 1000 + 600, exp: now.getTime() / 1000 + 900 },
    });
    issuer.published = [createSigningKey('other').jwk];
    await expect(verify(token, 600)).rejects.toMatchObject(unknown);
    expect(looks(issuer)).toBe(2);
  });

  test('are asked for once more when the issuer has rotated them', async () => {
    const { issuer, verify } = await stand();
    const before = issuer.token();
    await verify(before);
    issuer.rotate();
    await verify(issuer.token(), 30);
    await verify(before, 30);
    expect(looks(issuer)).toBe(2);
  });

  test('are not asked for again and again for made-up key ids', async () => {
    const { issuer, verify } = await stand();
    for (const kid of ['a', 'b', 'c'])
      await expect(verify(issuer.token({ header: { kid } }), 29)).rejects.toMatchObject(unknown);
    expect(looks(issuer)).toBe(1);
    await Promise.all(
      ['d', 'e'].map((kid) =>
        expect(verify(issuer.token({ header: { kid } }), 59)).rejects.toMatchObject(unknown),
      ),
    );
    expect(looks(issuer)).toBe(2);
  });

  test('are asked for again after a failure', async () => {
    let down = true;
    const { verify } = await stand(() => (down ? { status: 404 } : undefined));
    await expect(verify()).rejects.toMatchObject({ code: 'identity.unavailable' });
    down = false;
    await expect(verify()).resolves.toBeDefined();
  });

  test('are asked for again when the answer was a fault of the moment', async () => {
    const { verify, trust } = await stand((_, count) => (count === 1 ? { status: 503 } : undefined));
    await expect(verify()).resolves.toBeDefined();
    expect(trust.waits).toHaveLength(1);
  });
});

const json = (value: unknown): IssuerFault => ({ status: 200, body: JSON.stringify(value) });
const keysOf = (count: number) => ({
  keys: Array.from({ length: count }, (_, n) => ({
    kty: 'RSA',
    kid: `${n}`,
    n: 'AQAB'.repeat(86),
    e: 'AQAB',
  })),
});
const elsewhere = (jwks_uri: string) => (issuer: string) => json({ issuer, jwks_uri });

describe('an issuer does not give out its keys when', () => {
  test.each<[string, string, IssuerFault | ((issuer: string) => IssuerFault), string]>([
    ['it has no metadata', metadata, { status: 404 }, 'it answers 404'],
    ['it has no keys', jwks, { status: 410 }, 'it answers 410'],
    ['it is down', metadata, { status: 500 }, '500 (5 attempts)'],
    ['it hangs up', jwks, 'reset', 'the connection was closed (5 attempts)'],
    ['it redirects for its metadata', metadata, redirect('/elsewhere'), 'it answers 302'],
    ['it redirects for its keys', jwks, redirect('https://127.0.0.1:1/keys'), 'it answers 307'],
    [
      'it shows a page',
      metadata,
      { status: 200, body: '<html></html>' },
      'its answer is not what an issuer says',
    ],
    ['it says nothing', jwks, { status: 200 }, 'its answer is not what an issuer says'],
    [
      'its metadata name no keys',
      metadata,
      (issuer) => json({ issuer }),
      'its answer is not what an issuer says',
    ],
    [
      'its metadata say something twice',
      metadata,
      { status: 200, body: '{"issuer":"a","issuer":"b"}' },
      'its answer is not what an issuer says',
    ],
    [
      'its metadata are huge',
      metadata,
      { status: 200, body: ' '.repeat(70_000) },
      'the answer is larger than 65.5 kB',
    ],
    [
      'it is another issuer',
      metadata,
      json({ issuer: 'https://evil.example', jwks_uri: 'https://evil.example/jwks' }),
      'it answers as another issuer',
    ],
    [
      'it is an issuer that looks alike',
      metadata,
      (issuer) => json({ issuer: `${issuer}/`, jwks_uri: `${issuer}${jwks}` }),
      'it answers as another issuer',
    ],
    [
      'its keys are somewhere else',
      metadata,
      elsewhere('https://evil.example/jwks'),
      'its keys are somewhere else',
    ],
    [
      'its keys are on another port',
      metadata,
      elsewhere('https://localhost:1/jwks'),
      'its keys are somewhere else',
    ],
    [
      'its keys are not encrypted',
      metadata,
      elsewhere('http://localhost/jwks'),
      'its keys are somewhere else',
    ],
    ['its keys are nowhere', metadata, elsewhere('jwks'), 'its keys are somewhere else'],
    ['its keys are a file', metadata, elsewhere('file:///etc/passwd'), 'its keys are somewhere else'],
    ['its keys are a list', jwks, json([]), 'its answer is not what an issuer says'],
    ['its keys are texts', jwks, json({ keys: ['key'] }), 'its answer is not what an issuer says'],
    [
      'its keys have no kind',
      jwks,
      json({ keys: [{ kid: 'key-1' }] }),
      'its answer is not what an issuer says',
    ],
    ['its keys are more than sixty-four', jwks, json(keysOf(65)), 'its answer is not what an issuer says'],
    ['its keys are ten thousand', jwks, json(keysOf(10_000)), 'the answer is larger than 262 kB'],
  ])('%s', async (_, at, fault, reason) => {
    const { issuer, verify } = await stand((path) => {
      if (path !== at) return undefined;
      return typeof fault === 'function' ? fault(issuer.url) : fault;
    });
    const error: unknown = await verify().catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({
      code: 'identity.unavailable',
      message: expect.stringMatching(/^issuer "fake" does not give out its keys: /),
      details: { issuer: 'fake', url: `${issuer.url}${at}` },
    });
    expect((error as Error).message.endsWith(reason)).toBe(true);
    expect(issuer.seen.filter((path) => path !== metadata && path !== jwks)).toEqual([]);
  });

  test('it is silent, and the wait has an end', async () => {
    const { verify } = await stand(() => 'silence', { deadline: 50 });
    await expect(verify()).rejects.toMatchObject({
      code: 'identity.unavailable',
      message: 'issuer "fake" does not give out its keys: no answer in 0.05 s',
    });
  });

  test('nobody believes its certificate', async () => {
    const { issuer, trust } = await stand();
    const keys = openIssuerKeys({ http: openTestHttp().http });
    const verified = verifyToken(new Secret(issuer.token()), { ...trust, keys }, now);
    await expect(verified).rejects.toMatchObject({
      code: 'identity.unavailable',
      hint: 'for a private certificate authority, set NODE_EXTRA_CA_CERTS to its PEM file',
    });
    expect(issuer.seen).toEqual([]);
  });
});

function redirect(location: string): IssuerFault {
  return { status: location.startsWith('/') ? 302 : 307, headers: { location } };
}

test('a redirect leads nowhere, not even on this machine', async () => {
  let calls = 0;
  const trap = await serve((_, response) => {
    calls++;
    response.end();
  });
  const { verify } = await stand(() => redirect(trap.url.href));
  await expect(verify()).rejects.toThrow('it answers 307');
  expect(calls).toBe(0);
});

test('whoever cancels is not told that the issuer is down', async () => {
  const controller = new AbortController();
  const { verify } = await stand(
    () => {
      controller.abort('SIGTERM');
      return 'silence';
    },
    { signal: controller.signal },
  );
  await expect(verify()).rejects.toMatchObject({ code: 'cancelled' });
});
