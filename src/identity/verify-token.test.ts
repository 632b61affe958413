import { describe, expect, test } from 'vitest';
import type { FakeIssuer, TokenOptions } from '../../test/fakes/oidc-issuer/fake-issuer.ts';
import { jenkinsClaims, workflow } from '../../test/fakes/oidc-issuer/github-claims.ts';
import {
  githubSettings,
  now,
  openTestTrust,
  startTestIssuer,
} from '../../test/fakes/oidc-issuer/open-trust.ts';
import { createSigningKey } from '../../test/fakes/oidc-issuer/signing-key.ts';
import { Secret } from '../core/index.ts';
import { trustedIssuers } from './trusted-issuer.ts';
import { verifyToken } from './verify-token.ts';

const seconds = now.getTime() / 1000;

async function verify(issuer: FakeIssuer, order: TokenOptions = {}) {
  const trust = await openTestTrust([githubSettings(issuer.url)]);
  return verifyToken(new Secret(issuer.token(order)), trust, now);
}

describe('a caller', () => {
  test('of GitHub is known by the claims of the token', async () => {
    const issuer = await startTestIssuer();
    expect(await verify(issuer)).toMatchObject({
      issuer: { name: 'fake', kind: 'github', githubUrl: 'https://github.example' },
      audience: { kind: 'static' },
      issuedAt: now,
      claims: {
        repository: 'kyma-project/app',
        owner: 'kyma-project',
        event: 'push',
        ref: 'refs/heads/main',
        sha: 'a'.repeat(40),
        runId: '777',
        workflow,
      },
    });
    expect(issuer.seen).toEqual(['/.well-known/openid-configuration', '/.well-known/jwks']);
  });

  test('of an Enterprise Server is known, whose issuer has a path', async () => {
    const issuer = await startTestIssuer({ path: '/_services/token' });
    expect(await verify(issuer)).toMatchObject({ claims: { repository: 'kyma-project/app' } });
    expect(issuer.seen).toEqual([
      '/_services/token/.well-known/openid-configuration',
      '/_services/token/.well-known/jwks',
    ]);
  });

  test('of a Jenkins is known, whose audience is a list and whose build is a number', async () => {
    const issuer = await startTestIssuer();
    const jenkins = {
      ...githubSettings(issuer.url),
      kind: 'jenkins',
      repositories: ['kyma-project/app'],
      audience: { kind: 'static', value: 'sre-jenkins-image-builder' },
      requiredClaims: { build_number: 'any', sub: ['https://jenkins.example.com/job/images/'] },
    } as const;
    const trust = await openTestTrust([jenkins]);
    const header = { typ: undefined };
    const none = Object.fromEntries(
      Object.keys(decodedClaims(issuer.token())).map((name) => [name, undefined]),
    );
    const token = issuer.token({ header, claims: { ...none, ...jenkinsClaims(issuer.url, now) } });
    const caller = await verifyToken(new Secret(token), trust, now);
    expect(caller.claims).toEqual({ buildNumber: '42' });
  });

  test('has the audience that binds the token, where the issuer binds', async () => {
    const issuer = await startTestIssuer();
    const trust = await openTestTrust([githubSettings(issuer.url, { audience: { kind: 'bound' } })]);
    const aud = `image-builder:sha256:${'0'.repeat(64)}`;
    const verified = (claims: object) =>
      verifyToken(new Secret(issuer.token({ claims: { ...claims } })), trust, now);
    expect(await verified({ aud })).toMatchObject({ audience: { kind: 'bound', audience: aud } });
    for (const wrong of ['image-builder', aud.toUpperCase(), `${aud}0`, aud.slice(0, -1), ` ${aud}`]) {
      await expect(verified({ aud: wrong })).rejects.toMatchObject({
        details: { claim: 'aud', reason: 'for-others' },
      });
    }
  });
});

function decodedClaims(token: string): object {
  return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
}

describe('a token is accepted that', () => {
  test.each([
    ['waited for ten minutes, whatever it says about its end', { iat: seconds - 600, exp: seconds - 300 }],
    ['waited for as long as clocks may differ more', { iat: seconds - 630, exp: seconds - 330 }],
    ['comes from a clock that is ahead', { iat: seconds + 30, exp: seconds + 330, nbf: seconds + 30 }],
    ['does not say from when it is valid', { nbf: undefined }],
    ['has the parts of a second', { iat: seconds - 0.5 }],
  ])('%s', async (_, claims) => {
    const issuer = await startTestIssuer();
    expect(await verify(issuer, { claims })).toMatchObject({ claims: { runId: '777' } });
  });

  test.each([
    ['and not longer', 30, true],
    ['a second longer', 31, false],
  ])('lives until it expires where nothing else is configured, %s', async (_, since, accepted) => {
    const issuer = await startTestIssuer();
    const trust = await openTestTrust([githubSettings(issuer.url)]);
    const token = issuer.token({ claims: { iat: seconds - 900, exp: seconds - since } });
    const verified = verifyToken(new Secret(token), { ...trust, acceptedSecondsAfterIssue: undefined }, now);
    if (accepted) await expect(verified).resolves.toBeDefined();
    else
      await expect(verified).rejects.toMatchObject({
        details: { claim: 'exp', reason: 'expired' },
        hint: 'it was accepted until 2026-03-04T05:05:36Z, and now is 2026-03-04T05:06:07Z',
      });
  });
});

test('a token of one trusted issuer that another one signed is rejected', async () => {
  const mine = await startTestIssuer();
  const others = await startTestIssuer({ key: createSigningKey(mine.key().jwk.kid) });
  const trust = await openTestTrust([githubSettings(mine.url), { ...githubSettings(others.url), name: 'b' }]);
  const token = others.token({ claims: { iss: mine.url } });
  await expect(verifyToken(new Secret(token), trust, now)).rejects.toMatchObject({
    details: { claim: 'signature', reason: 'altered' },
  });
  expect(others.seen).toEqual([]);
});

test('a token of a stranger costs no call at all', async () => {
  const [mine, stranger] = [await startTestIssuer(), await startTestIssuer()];
  const trust = await openTestTrust([githubSettings(mine.url)]);
  await expect(verifyToken(new Secret(stranger.token()), trust, now)).rejects.toMatchObject({
    message: 'the token is rejected: its "iss" is none of the trusted issuers',
    hint: `trusted: ${mine.url}`,
  });
  expect([...mine.seen, ...stranger.seen]).toEqual([]);
});

test('an issuer that requires nothing does not load', () => {
  const jenkins = {
    ...githubSettings('https://a.example'),
    kind: 'jenkins',
    repositories: ['kyma-project/app'],
    requiredClaims: {},
  } as const;
  expect(() => trustedIssuers({ issuers: [jenkins] })).toThrow('issuer "fake" requires no claim');
});
