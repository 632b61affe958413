import { describe, expect, test } from 'vitest';
import {
  openTestClient,
  repositoryIn,
  startTestRegistry,
} from '../../../test/fakes/registry/open-registries.ts';
import { Secret } from '../../core/index.ts';
import { digestOf } from '../../oci/index.ts';
import type { Credentials } from '../credentials/credentials.ts';

const digest = digestOf('blob');
const password: Credentials = { kind: 'password', username: 'ann', password: new Secret('pa:ss') };

function counted(found: Credentials | undefined) {
  const asked: string[] = [];
  const credentials = async (registry: string) => {
    asked.push(registry);
    return found;
  };
  return { asked, credentials };
}

describe('a registry that wants nothing', () => {
  test('is pinged once, and its credentials are not even looked for', async () => {
    const fake = await startTestRegistry();
    const { asked, credentials } = counted(password);
    const { registry } = openTestClient({ credentials });
    const repository = repositoryIn(fake, 'a/b');
    await Promise.all([registry.hasBlob(repository, digest), registry.hasBlob(repository, digest)]);
    await registry.hasBlob(repository, digest);
    expect(fake.seen.filter(({ path }) => path === '/v2/')).toHaveLength(1);
    expect(asked).toEqual([]);
  });
});

describe('Basic', () => {
  const auth = { kind: 'basic', username: 'ann', password: 'pa:ss' } as const;

  test('sends the credentials of this registry', async () => {
    const fake = await startTestRegistry({ auth });
    const { asked, credentials } = counted(password);
    const { registry } = openTestClient({ credentials });
    expect(await registry.hasBlob(repositoryIn(fake, 'a'), digest)).toBe(false);
    expect(asked).toEqual([fake.host]);
  });

  test('without credentials is refused once, with the way out', async () => {
    const fake = await startTestRegistry({ auth });
    const { registry, waits } = openTestClient();
    await expect(registry.fetchManifest(repositoryIn(fake, 'a'), 'latest')).rejects.toMatchObject({
      code: 'registry.refused',
      details: { status: 401 },
      hint: `log in first, for example with: docker login ${fake.host}`,
    });
    expect(waits).toEqual([]);
    expect(fake.seen.filter(({ path }) => path !== '/v2/')).toHaveLength(1);
  });

  test('does not send the same wrong password twice', async () => {
    const fake = await startTestRegistry({ auth });
    const wrong = new Secret('wr0ng');
    const { registry } = openTestClient({ credentials: async () => ({ ...password, password: wrong }) });
    const error = await registry.hasBlob(repositoryIn(fake, 'a'), digest).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'registry.refused' });
    expect(JSON.stringify(error)).not.toContain('wr0ng');
    expect(fake.seen.filter(({ path }) => path !== '/v2/')).toHaveLength(1);
  });
});

describe('Bearer', () => {
  test.each(['token', 'access_token'] as const)(
    'takes an anonymous token from the field "%s"',
    async (field) => {
      const fake = await startTestRegistry({ auth: { kind: 'bearer', field } });
      const { registry } = openTestClient();
      expect(await registry.hasBlob(repositoryIn(fake, 'a/b'), digest)).toBe(false);
      expect(fake.auth.tokenScopes).toEqual(['repository:a/b:pull']);
    },
  );

  test('shows the credentials to the token server and the token to the registry', async () => {
    const fake = await startTestRegistry({ auth: { kind: 'bearer', username: 'ann', password: 'pa:ss' } });
    const { registry } = openTestClient({ credentials: async () => password });
    await registry.hasBlob(repositoryIn(fake, 'a'), digest);
    expect(fake.seen.map(({ headers }) => headers.authorization?.split(' ')[0])).toEqual([
      undefined,
      'Basic',
      'Bearer',
    ]);
  });

  test('exchanges an identity token with the refresh grant', async () => {
    const fake = await startTestRegistry({ auth: { kind: 'bearer', identityToken: 'r3fresh' } });
    const { registry } = openTestClient({
      credentials: async () => ({ kind: 'identity-token', token: new Secret('r3fresh') }),
    });
    expect(await registry.hasBlob(repositoryIn(fake, 'a'), digest)).toBe(false);
    expect(fake.seen.map(({ method, path }) => `${method} ${path.split('?')[0]}`)).toContain('POST /token');
  });

  test('with credentials that the token server refuses ends as refused', async () => {
    const fake = await startTestRegistry({ auth: { kind: 'bearer', username: 'ann', password: 'other' } });
    const { registry, waits } = openTestClient({ credentials: async () => password });
    await expect(registry.hasBlob(repositoryIn(fake, 'a'), digest)).rejects.toMatchObject({
      code: 'registry.refused',
      details: { status: 401, method: 'GET' },
    });
    expect(waits).toEqual([]);
  });

  test('asks once for what several calls need, and uses a wider token for less', async () => {
    const fake = await startTestRegistry({ auth: { kind: 'bearer' } });
    const { registry } = openTestClient();
    const repository = repositoryIn(fake, 'a');
    await Promise.all([registry.authorize(repository), registry.authorize(repository)]);
    await registry.hasBlob(repository, digest);
    expect(fake.auth.tokenScopes).toEqual(['repository:a:pull,push']);
  });

  test.each([
    [undefined, 49, 1],
    [undefined, 51, 2],
    [300, 289, 1],
    [300, 291, 2],
    [4, 3, 2],
  ])('with a lifetime of %s s asks again in time after %s s', async (expiresIn, seconds, tokens) => {
    const lifetime = expiresIn === undefined ? {} : { expiresIn };
    const fake = await startTestRegistry({ auth: { kind: 'bearer', ...lifetime } });
    const { registry, clock } = openTestClient();
    await registry.hasBlob(repositoryIn(fake, 'a'), digest);
    clock.now += seconds * 1000;
    await registry.hasBlob(repositoryIn(fake, 'a'), digest);
    expect(fake.auth.tokenScopes).toHaveLength(tokens);
  });

  test('replaces a token that became invalid in the middle, once for all calls', async () => {
    const fake = await startTestRegistry({ auth: { kind: 'bearer' } });
    const { registry, waits } = openTestClient();
    const repository = repositoryIn(fake, 'a');
    await registry.hasBlob(repository, digest);
    fake.auth.revoke();
    await Promise.all([1, 2, 3].map(() => registry.hasBlob(repository, digest)));
    expect(fake.auth.tokenScopes).toHaveLength(2);
    expect(waits).toEqual([]);
  });

  test('gives up after one new token that does not help', async () => {
    const fake = await startTestRegistry({
      auth: { kind: 'bearer' },
      fault: ({ path }) => {
        if (path.includes('/blobs/')) fake.auth.revoke();
        return undefined;
      },
    });
    const { registry } = openTestClient();
    await expect(registry.hasBlob(repositoryIn(fake, 'a'), digest)).rejects.toMatchObject({
      code: 'registry.refused',
    });
    expect(fake.auth.tokenScopes).toHaveLength(2);
    expect(fake.seen.filter(({ path }) => path.includes('/blobs/'))).toHaveLength(2);
  });

  test.each([
    ['http://tokens.example/token', '"http://tokens.example/token"'],
    ['ftp://127.0.0.1/token', '"ftp://127.0.0.1/token"'],
    ['http://127.0.0.1.evil.example/token', '"http://127.0.0.1.evil.example/token"'],
    ['not a url', 'an invalid URL'],
    ['', 'an invalid URL'],
  ])('never sends credentials to the realm "%s"', async (realm, named) => {
    const fake = await startTestRegistry({ auth: { kind: 'bearer', realm } });
    const { asked, credentials } = counted(password);
    const { registry } = openTestClient({ credentials });
    await expect(registry.hasBlob(repositoryIn(fake, 'a'), digest)).rejects.toMatchObject({
      code: 'registry.refused',
      message: `registry "${fake.host}" wants its token fetched from ${named}, expected https`,
    });
    expect(asked).toEqual([fake.host]);
  });

  test('tries the token server again when it is down, and not once more for each call around it', async () => {
    const fake = await startTestRegistry({
      auth: { kind: 'bearer' },
      fault: ({ path }) => (path.startsWith('/token') ? { status: 503 } : undefined),
    });
    const { registry, waits } = openTestClient();
    await expect(registry.hasBlob(repositoryIn(fake, 'a'), digest)).rejects.toMatchObject({
      code: 'registry.unavailable',
      details: { status: 503 },
    });
    expect(waits).toHaveLength(4);
  });
});

test('the credentials of each registry go to that registry alone', async () => {
  const start = (secret: string) =>
    startTestRegistry({ auth: { kind: 'basic', username: 'ann', password: secret } });
  const fakes = await Promise.all(['one', 'two'].map(start));
  const { registry } = openTestClient({
    credentials: async (host) => ({
      kind: 'password',
      username: 'ann',
      password: new Secret(host === fakes[0]?.host ? 'one' : 'two'),
    }),
  });
  await Promise.all(fakes.map((fake) => registry.hasBlob(repositoryIn(fake, 'a'), digest)));
  expect(fakes.map(({ seen }) => seen.flatMap(({ headers }) => headers.authorization ?? []))).toEqual(
    ['one', 'two'].map((secret) => [`Basic ${Buffer.from(`ann:${secret}`).toString('base64')}`]),
  );
});
