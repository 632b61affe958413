import { createPublicKey } from 'node:crypto';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { type FakeIssuer, startFakeIssuer } from '../../test/fakes/oidc-issuer/fake-issuer.ts';
import { type Claims, githubClaims, workflow } from '../../test/fakes/oidc-issuer/github-claims.ts';
import {
  githubSettings,
  now,
  openTestTrust,
  testAuthority,
} from '../../test/fakes/oidc-issuer/open-trust.ts';
import { createSigningKey, signToken } from '../../test/fakes/oidc-issuer/signing-key.ts';
import { type ImageBuilderError, Secret } from '../core/index.ts';
import type { RejectionReason } from './rejection.ts';
import { verifyToken } from './verify-token.ts';

const authority = await testAuthority();
const issuer = await startFakeIssuer({ authority, clock: () => now });
afterAll(() => issuer.close());

const own = issuer.key();
const stranger = createSigningKey(own.jwk.kid);
const weak = createSigningKey('weak', 'RSA 1024');
const curve = createSigningKey('curve', 'P-256');
const otherCurve = createSigningKey('other-curve', 'P-384');
const encrypting = createSigningKey('encrypting');
const deriving = createSigningKey('deriving');
const other = createSigningKey('other');
const leaked = createSigningKey('leaked');
const twin = createSigningKey('twin');
issuer.published = [
  own.jwk,
  weak.jwk,
  curve.jwk,
  otherCurve.jwk,
  { ...encrypting.jwk, use: 'enc' },
  { ...deriving.jwk, key_ops: ['encrypt'] },
  { ...other.jwk, alg: 'RS512' },
  { ...leaked.privateKey.export({ format: 'jwk' }), kid: 'leaked' },
  twin.jwk,
  twin.jwk,
  { kty: 'oct', kid: 'symmetric', k: 'c2VjcmV0' },
];
const seconds = now.getTime() / 1000;
const settings = githubSettings(issuer.url, {
  algorithms: ['RS256', 'ES256'],
  jobWorkflowShas: ['b'.repeat(40)],
  runnerEnvironments: ['github-hosted'],
  repositoryOwnerIds: ['39153523'],
});

type Forge = (genuine: FakeIssuer) => string;
type Row = readonly [title: string, forge: Forge, claim: string, reason: RejectionReason];

const claims =
  (changes: Claims): Forge =>
  ({ token }) =>
    token({ claims: changes });
const header =
  (changes: Claims): Forge =>
  ({ token }) =>
    token({ header: changes });

/** Signed by the issuer's own key, but with these texts. */
const texts = (changes: { header?: string | Uint8Array; payload?: string | Uint8Array }): string =>
  signToken(
    {
      header: JSON.stringify({ alg: 'RS256', kid: own.jwk.kid }),
      payload: JSON.stringify(githubClaims(issuer.url, now)),
      ...changes,
    },
    'RS256',
    own.privateKey,
  );

/** A genuine token with one of its three parts changed afterwards. */
const part =
  (index: number, change: (text: string) => string): Forge =>
  ({ token }) =>
    token()
      .split('.')
      .map((text, at) => (at === index ? change(text) : text))
      .join('.');

const withPayload = (changes: Claims) => () =>
  Buffer.from(JSON.stringify({ ...githubClaims(issuer.url, now), ...changes })).toString('base64url');

const payloadText = JSON.stringify(githubClaims(issuer.url, now));
const workflowOf = (change: (text: string) => string) => claims({ job_workflow_ref: change(workflow) });

const form: Row[] = [
  ['is not there', () => '', 'token', 'absent'],
  ['is one word', () => 'token', 'token', 'malformed'],
  ['has two parts', () => 'e30.e30', 'token', 'malformed'],
  ['has four parts', ({ token }) => `${token()}.e30`, 'token', 'malformed'],
  ['is encrypted', () => 'e30.e30.e30.e30.e30', 'token', 'malformed'],
  ['has a line end behind it', ({ token }) => `${token()}\n`, 'token', 'malformed'],
  ['comes with its scheme', ({ token }) => `Bearer ${token()}`, 'token', 'malformed'],
  ['is in base64 with padding', part(0, (text) => `${text}==`), 'token', 'malformed'],
  ['is written with look-alike letters', part(0, (text) => text.replace('e', 'е')), 'token', 'malformed'],
  ['is huge', claims({ x: 'x'.repeat(20_000) }), 'token', 'too-large'],
  ['has a header with bits left over', part(0, () => 'e31'), 'header', 'malformed'],
  ['has a header that is no JSON', () => texts({ header: 'alg' }), 'header', 'malformed'],
  ['has a list for a header', () => texts({ header: '[]' }), 'header', 'malformed'],
  [
    'has a header with two algorithms',
    () => texts({ header: '{"alg":"RS256","alg":"none","kid":"key-1"}' }),
    'header',
    'repeated',
  ],
  ['has a payload that is no JSON', () => texts({ payload: '{' }), 'payload', 'malformed'],
  ['has nothing for a payload', () => texts({ payload: 'null' }), 'payload', 'malformed'],
  [
    'has a payload that is not UTF-8',
    () => texts({ payload: Buffer.from([0x22, 0xff, 0x22]) }),
    'payload',
    'malformed',
  ],
  [
    'has a claim twice',
    () => texts({ payload: payloadText.replace('{', '{"aud":"evil",') }),
    'payload',
    'repeated',
  ],
  [
    'has a claim twice, once escaped',
    () => texts({ payload: payloadText.replace('{', '{"a\\u0075d":"evil",') }),
    'payload',
    'repeated',
  ],
  [
    'has a claim twice further in',
    () => texts({ payload: payloadText.replace('{', '{"x":{"a":1,"a":2},') }),
    'payload',
    'repeated',
  ],
  [
    'has a signature with bits left over',
    part(2, (text) => `${text.slice(0, -1)}_`),
    'signature',
    'malformed',
  ],
];

const headers: Row[] = [
  ['is signed by nothing', ({ token }) => token({ alg: 'none' }), 'alg', 'not-allowed'],
  ['is signed by nothing, in another case', header({ alg: 'nOnE' }), 'alg', 'not-allowed'],
  [
    'is signed by HS256 with the public key',
    ({ token }) => token({ alg: 'HS256', key: { ...own, privateKey: own.publicKey } }),
    'alg',
    'not-allowed',
  ],
  [
    'is signed by an algorithm that the issuer does not use',
    ({ token }) => token({ alg: 'RS512' }),
    'alg',
    'not-allowed',
  ],
  [
    'is signed by PS256, which only the key could do',
    ({ token }) => token({ alg: 'PS256' }),
    'alg',
    'not-allowed',
  ],
  ['names no algorithm', header({ alg: undefined }), 'alg', 'absent'],
  ['names a list of algorithms', header({ alg: ['RS256'] }), 'alg', 'malformed'],
  ['names an algorithm that every object has', header({ alg: 'constructor' }), 'alg', 'not-allowed'],
  [
    'brings its own key',
    ({ token }) => token({ key: stranger, header: { jwk: stranger.jwk } }),
    'jwk',
    'forbidden',
  ],
  ['says where its key is', header({ jku: 'https://evil.example/jwks' }), 'jku', 'forbidden'],
  ['says where its certificate is', header({ x5u: 'https://evil.example/cert' }), 'x5u', 'forbidden'],
  ['brings its own certificate', header({ x5c: ['MIIB'] }), 'x5c', 'forbidden'],
  ['has critical extensions', header({ crit: ['exp'], exp: 1 }), 'crit', 'forbidden'],
  ['signs its payload unencoded', header({ b64: false }), 'b64', 'forbidden'],
  ['is compressed', header({ zip: 'DEF' }), 'zip', 'forbidden'],
  ['is of another type', header({ typ: 'at+jwt' }), 'typ', 'not-allowed'],
  ['has no key id', header({ kid: undefined }), 'kid', 'absent'],
  ['has an empty key id', header({ kid: '' }), 'kid', 'absent'],
  ['has a number for a key id', header({ kid: 1 }), 'kid', 'malformed'],
  ['has a huge key id', header({ kid: 'k'.repeat(300) }), 'kid', 'too-large'],
];

const keys: Row[] = [
  ['names a key that nobody has', header({ kid: 'key-9' }), 'kid', 'unknown'],
  ['has a path for a key id', header({ kid: '../../../dev/null' }), 'kid', 'unknown'],
  ['has an address for a key id', header({ kid: 'https://evil.example/key' }), 'kid', 'unknown'],
  ['has a key id in another case', header({ kid: 'KEY-1' }), 'kid', 'unknown'],
  ['has a key id that every object has', header({ kid: '__proto__' }), 'kid', 'unknown'],
  [
    'names a key of another kind',
    ({ token }) => token({ alg: 'ES256', key: { ...curve, jwk: own.jwk } }),
    'kid',
    'unknown',
  ],
  ['names a key on another curve', header({ alg: 'ES256', kid: 'other-curve' }), 'kid', 'unknown'],
  ['names a key for encryption', ({ token }) => token({ key: encrypting }), 'kid', 'unknown'],
  ['names a key that may not verify', ({ token }) => token({ key: deriving }), 'kid', 'unknown'],
  ['names a key for another algorithm', ({ token }) => token({ key: other }), 'kid', 'unknown'],
  ['names a key that is too short', ({ token }) => token({ key: weak }), 'kid', 'unknown'],
  ['names a key whose private half is published', ({ token }) => token({ key: leaked }), 'kid', 'unknown'],
  ['names two keys', ({ token }) => token({ key: twin }), 'kid', 'unknown'],
  ['names a symmetric key', header({ kid: 'symmetric' }), 'kid', 'unknown'],
  ['is signed by a stranger', ({ token }) => token({ key: stranger }), 'signature', 'altered'],
  [
    'has another payload than what was signed',
    part(1, withPayload({ repository: 'evil/app' })),
    'signature',
    'altered',
  ],
  [
    'has another header than what was signed',
    part(0, () => Buffer.from('{"alg":"RS256","kid":"key-1"}').toString('base64url')),
    'signature',
    'altered',
  ],
  [
    'has the signature of another token',
    ({ token }) => `${token().replace(/[^.]*$/, '')}${token({ claims: { sha: 'c' } }).split('.')[2]}`,
    'signature',
    'altered',
  ],
  ['has no signature', part(2, () => ''), 'signature', 'altered'],
  ['has half a signature', part(2, (text) => text.slice(0, 100)), 'signature', 'altered'],
  ['has a signature of zeros for a curve', () => zeros(), 'signature', 'altered'],
];

/** CVE-2022-21449: r and s of zero fit every message where nobody looks. */
function zeros(): string {
  const [first, second] = issuer.token({ alg: 'ES256', key: curve }).split('.');
  return `${first}.${second}.${Buffer.alloc(64).toString('base64url')}`;
}

const times: Row[] = [
  ['does not say when it was issued', claims({ iat: undefined }), 'iat', 'absent'],
  ['was issued at a text', claims({ iat: `${seconds}` }), 'iat', 'malformed'],
  ['was issued before all time', claims({ iat: -1 }), 'iat', 'malformed'],
  ['was issued in milliseconds', claims({ iat: now.getTime() }), 'iat', 'malformed'],
  ['was issued in the future', claims({ iat: seconds + 31, exp: seconds + 300 }), 'iat', 'future'],
  ['waited too long', claims({ iat: seconds - 631, exp: seconds + 300 }), 'iat', 'expired'],
  ['waited for years', claims({ iat: 0, exp: seconds + 300 }), 'iat', 'expired'],
  ['does not say when it expires', claims({ exp: undefined }), 'exp', 'absent'],
  [
    'expires never',
    () => texts({ payload: payloadText.replace(/"exp":\d+/, '"exp":1e999') }),
    'exp',
    'malformed',
  ],
  ['expires before it was issued', claims({ exp: seconds - 1 }), 'exp', 'malformed'],
  ['expires at nothing', claims({ exp: null }), 'exp', 'malformed'],
  ['is not valid yet', claims({ nbf: seconds + 31 }), 'nbf', 'too-early'],
  ['is valid from nothing', claims({ nbf: null }), 'nbf', 'malformed'],
];

const values: Row[] = [
  ['has no issuer', claims({ iss: undefined }), 'iss', 'absent'],
  ['has a list of issuers', claims({ iss: [issuer.url] }), 'iss', 'malformed'],
  ['has another issuer', claims({ iss: 'https://evil.example' }), 'iss', 'not-trusted'],
  ['has an issuer with a slash at its end', claims({ iss: `${issuer.url}/` }), 'iss', 'not-trusted'],
  ['has an issuer below the trusted one', claims({ iss: `${issuer.url}/enterprise` }), 'iss', 'not-trusted'],
  ['has an issuer in another case', claims({ iss: issuer.url.toUpperCase() }), 'iss', 'not-trusted'],
  [
    'has an issuer with credentials',
    claims({ iss: issuer.url.replace('//', '//user@') }),
    'iss',
    'not-trusted',
  ],
  ['has no audience', claims({ aud: undefined }), 'aud', 'absent'],
  ['has an empty audience', claims({ aud: '' }), 'aud', 'absent'],
  ['has an empty list of audiences', claims({ aud: [] }), 'aud', 'absent'],
  ['has two audiences', claims({ aud: ['image-builder', 'evil'] }), 'aud', 'several'],
  ['has an object for an audience', claims({ aud: { 0: 'image-builder' } }), 'aud', 'malformed'],
  ['has another audience', claims({ aud: 'api://AzureADTokenExchange' }), 'aud', 'for-others'],
  ['has an audience in another case', claims({ aud: 'Image-Builder' }), 'aud', 'for-others'],
  [
    'has an audience that begins alike',
    claims({ aud: `image-builder:sha256:${'a'.repeat(64)}` }),
    'aud',
    'for-others',
  ],
  ['is of no workflow', claims({ job_workflow_ref: undefined }), 'job_workflow_ref', 'absent'],
  ['is of an empty workflow', claims({ job_workflow_ref: '' }), 'job_workflow_ref', 'absent'],
  ['is of a list of workflows', claims({ job_workflow_ref: [workflow] }), 'job_workflow_ref', 'malformed'],
  [
    'is of the workflow in a fork',
    workflowOf((text) => text.replace('kyma-project', 'evil')),
    'job_workflow_ref',
    'not-allowed',
  ],
  [
    'is of the workflow on another branch',
    workflowOf((text) => text.replace('main', 'topic')),
    'job_workflow_ref',
    'not-allowed',
  ],
  [
    'is of the workflow on a branch that begins alike',
    workflowOf((text) => `${text}-2`),
    'job_workflow_ref',
    'not-allowed',
  ],
  [
    'is of the workflow at a tag',
    workflowOf((text) => text.replace('heads', 'tags')),
    'job_workflow_ref',
    'not-allowed',
  ],
  [
    'is of the workflow of a pull request',
    workflowOf((text) => text.replace('heads/main', 'pull/1/merge')),
    'job_workflow_ref',
    'not-allowed',
  ],
  [
    'is of the workflow at a short ref',
    workflowOf((text) => text.replace('refs/heads/', '')),
    'job_workflow_ref',
    'not-allowed',
  ],
  [
    'is of a workflow in another case',
    workflowOf((text) => text.toUpperCase()),
    'job_workflow_ref',
    'not-allowed',
  ],
  [
    'is of a workflow with the name as its end',
    workflowOf((text) => `evil/${text}`),
    'job_workflow_ref',
    'not-allowed',
  ],
  [
    'is of another file',
    workflowOf((text) => text.replace('image-builder.yml', 'other.yml')),
    'job_workflow_ref',
    'not-allowed',
  ],
  [
    'is of a file with another ending',
    workflowOf((text) => text.replace('.yml', '.yaml')),
    'job_workflow_ref',
    'not-allowed',
  ],
  [
    'is of a workflow with a look-alike letter',
    workflowOf((text) => text.replace('a', 'а')),
    'job_workflow_ref',
    'not-allowed',
  ],
  [
    'is of a workflow with a space behind',
    workflowOf((text) => `${text} `),
    'job_workflow_ref',
    'not-allowed',
  ],
  [
    'is of another commit of the workflow',
    claims({ job_workflow_sha: 'c'.repeat(40) }),
    'job_workflow_sha',
    'not-allowed',
  ],
  ['is of no commit of the workflow', claims({ job_workflow_sha: undefined }), 'job_workflow_sha', 'absent'],
  [
    'is of a runner of its own',
    claims({ runner_environment: 'self-hosted' }),
    'runner_environment',
    'not-allowed',
  ],
  [
    'is of an owner who took a name over',
    claims({ repository_owner_id: '1' }),
    'repository_owner_id',
    'not-allowed',
  ],
  [
    'has a number for the id of the owner',
    claims({ repository_owner_id: 39153523 }),
    'repository_owner_id',
    'malformed',
  ],
  ['is of no repository', claims({ repository: undefined }), 'repository', 'absent'],
  [
    'is of a repository below another',
    claims({ repository: 'kyma-project/app/../evil' }),
    'repository',
    'malformed',
  ],
  ['is of no owner', claims({ repository_owner: '' }), 'repository_owner', 'absent'],
  ['is for no event', claims({ event_name: undefined }), 'event_name', 'absent'],
  [
    'is for an event of two lines',
    claims({ event_name: 'push\n##vso[task.complete]' }),
    'event_name',
    'malformed',
  ],
  ['is of no ref', claims({ ref: null }), 'ref', 'absent'],
  ['is of a short ref', claims({ ref: 'main' }), 'ref', 'malformed'],
  ['is of no commit', claims({ sha: undefined }), 'sha', 'absent'],
  ['is of a short commit', claims({ sha: 'aaaaaaa' }), 'sha', 'malformed'],
  ['is of no run', claims({ run_id: undefined }), 'run_id', 'absent'],
  ['has a number for a run', claims({ run_id: 777 }), 'run_id', 'malformed'],
];

async function refusalOf(token: string) {
  const trust = await openTestTrust([settings]);
  const verified = verifyToken(new Secret(token), trust, now);
  const error = await verified.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(trust.called.filter((origin) => origin !== new URL(issuer.url).origin)).toEqual([]);
  return error as ImageBuilderError<'identity.rejected'> | undefined;
}

describe.each([
  ['form', form],
  ['header', headers],
  ['key or signature', keys],
  ['time', times],
  ['claim', values],
])('for its %s, a token is rejected that', (_, rows) => {
  test.each(rows)('%s', async (_, forge, claim, reason) => {
    const token = forge(issuer);
    const error = await refusalOf(token);
    expect(error).toMatchObject({ code: 'identity.rejected', details: { claim, reason } });
    expect(error?.message).toContain(`its "${claim}" `);
    const told = [error?.message, error?.hint, String(error?.cause)].join('\n');
    const secrets = token.split('.').filter((text) => text.length > 8);
    expect(secrets.filter((secret) => told.includes(secret))).toEqual([]);
  });
});

test('the token that all of these are made of is accepted', async () => {
  expect(await refusalOf(issuer.token())).toBeUndefined();
  expect(await refusalOf(texts({}))).toBeUndefined();
  expect(await refusalOf(issuer.token({ alg: 'ES256', key: curve }))).toBeUndefined();
  expect(createPublicKey({ key: own.jwk, format: 'jwk' }).equals(own.publicKey)).toBe(true);
});

describe('any text for a token', () => {
  const base64url = (text: string) => Buffer.from(text).toString('base64url');
  const somePart = fc.oneof(fc.json().map(base64url), fc.string().map(base64url), fc.base64String());
  const someClaims = fc.dictionary(
    fc.constantFrom('iss', 'aud', 'exp', 'iat', 'nbf', 'sha', '__proto__'),
    fc.oneof(fc.constantFrom(issuer.url, 'image-builder', seconds), fc.jsonValue()),
  );
  const someHeader = fc.record({
    alg: fc.oneof(fc.constantFrom('RS256', 'ES256', 'none'), fc.jsonValue()),
    kid: fc.oneof(fc.constantFrom(...['key-1', 'curve', 'weak', 'symmetric']), fc.jsonValue()),
  });
  const almost = fc
    .tuple(someHeader, someClaims, fc.uint8Array())
    .map(([first, second, third]) =>
      [
        base64url(JSON.stringify(first)),
        base64url(JSON.stringify(second)),
        Buffer.from(third).toString('base64url'),
      ].join('.'),
    );

  test.each([
    ['of no form', fc.oneof(fc.string({ unit: 'binary' }), fc.base64String())],
    ['of three parts', fc.tuple(somePart, somePart, somePart).map((parts) => parts.join('.'))],
    ['that is almost one', almost],
  ])('%s is rejected', async (_, arbitrary) => {
    const trust = await openTestTrust([settings]);
    await fc.assert(
      fc.asyncProperty(arbitrary, async (text) => {
        await expect(verifyToken(new Secret(text), trust, now)).rejects.toMatchObject({
          code: 'identity.rejected',
        });
      }),
      { numRuns: 300 },
    );
  });
});
