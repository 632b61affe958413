import { expect, test } from 'vitest';
import { openAzureDevOps, type TestAzureDevOpsOptions } from '../../fakes/azure-devops/open-azure-devops.ts';
import { workflow } from '../../fakes/oidc-issuer/github-claims.ts';
import { now, startTestIssuer, testAuthority } from '../../fakes/oidc-issuer/open-trust.ts';
import { createSigningKey } from '../../fakes/oidc-issuer/signing-key.ts';

const audience = 'api://AzureADTokenExchange';
const scope = '499b84ac-1321-427f-aa17-267ca6975798/.default';
const assertionType = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

type Form = Readonly<Record<string, string>>;

async function open(entra: TestAzureDevOpsOptions['entra']) {
  const fake = await openAzureDevOps({ entra: { clientSecret: 'secret', ...entra }, clock: () => now });
  const request = (form: Form, tenant = fake.tenant) =>
    fetch(`${fake.authorityUrl}/${tenant}/oauth2/v2.0/token`, {
      method: 'POST',
      body: new URLSearchParams({
        client_id: fake.clientId,
        scope,
        grant_type: 'client_credentials',
        ...form,
      }),
    });
  return { fake, request };
}

async function openFederated(jobWorkflowRef = workflow) {
  const issuer = await startTestIssuer();
  const { ca } = await testAuthority();
  const opened = await open({ ca, federated: [{ issuer: issuer.url, jobWorkflowRef }] });
  const exchange = (client_assertion: string) =>
    opened.request({ client_assertion, client_assertion_type: assertionType });
  return { ...opened, issuer, exchange };
}

test('a secret is exchanged for a token that the service takes, for as long as it says', async () => {
  const { fake, request } = await open({ lifetimeSeconds: 30 });
  const answer = (await (await request({ client_secret: 'secret' })).json()) as Record<string, unknown>;
  expect(answer).toEqual({
    token_type: 'Bearer',
    expires_in: 30,
    ext_expires_in: 30,
    access_token: expect.any(String),
  });
  const headers = { authorization: `Bearer ${answer.access_token}` };
  expect((await fake.ask('pipelines/14902/runs', { headers })).status).toBe(200);
});

test('a token of a workflow is exchanged if its issuer signed it and the workflow is the right one', async () => {
  const { issuer, exchange } = await openFederated();
  expect((await exchange(issuer.token({ claims: { aud: audience } }))).status).toBe(200);
});

test('a pattern can stand for the reference of the workflow', async () => {
  const { issuer, exchange } = await openFederated(
    'kyma-project/test-infra/.github/workflows/*@refs/heads/main',
  );
  expect((await exchange(issuer.token({ claims: { aud: audience } }))).status).toBe(200);
  const job_workflow_ref = 'evil/repo/.github/workflows/x.yml@refs/heads/main';
  expect((await exchange(issuer.token({ claims: { aud: audience, job_workflow_ref } }))).status).toBe(401);
});

test.each<
  [
    what: string,
    code: number,
    token: Parameters<Awaited<ReturnType<typeof openFederated>>['issuer']['token']>[0],
  ]
>([
  ['of another audience', 700212, { claims: { aud: 'image-builder' } }],
  [
    'of another workflow',
    700213,
    { claims: { aud: audience, job_workflow_ref: 'a/b/.github/workflows/c.yml@refs/heads/main' } },
  ],
  ['of another issuer', 700211, { claims: { aud: audience, iss: 'https://evil.example' } }],
  ['that has expired', 700024, { claims: { aud: audience, exp: 1 } }],
  ['of another key', 50013, { claims: { aud: audience }, key: createSigningKey('key-1') }],
  ['of a key that nobody knows', 50013, { claims: { aud: audience }, header: { kid: 'other' } }],
  ['without a signature', 50027, { claims: { aud: audience }, alg: 'none' }],
])('a token %s is refused as AADSTS%i', async (_, code, token) => {
  const { issuer, exchange } = await openFederated();
  const answer = await exchange(issuer.token(token));
  expect(answer.status).toBe(401);
  const body = (await answer.json()) as Record<string, unknown>;
  expect(body).toMatchObject({ error: 'invalid_client', error_codes: [code] });
  expect(body.error_description).toMatch(new RegExp(`^AADSTS${code}: .*\\r\\nTrace ID: `));
});

test.each<[what: string, code: number, form: Form, tenant?: string]>([
  ['a wrong secret', 7000215, { client_secret: 'x' }],
  ['no proof', 7000218, {}],
  ['another client', 700016, { client_secret: 'secret', client_id: 'x' }],
  ['another tenant', 90002, { client_secret: 'secret' }, 'x'],
  ['another scope', 70011, { client_secret: 'secret', scope: 'x/.default' }],
  ['another grant', 70003, { client_secret: 'secret', grant_type: 'password' }],
  ['an unknown field', 900144, { client_secret: 'secret', resource: 'x' }],
])('a request with %s is refused as AADSTS%i', async (_, code, form, tenant) => {
  const { request } = await open({});
  const answer = await request(form, tenant);
  expect([400, 401]).toContain(answer.status);
  expect(await answer.json()).toMatchObject({ error_codes: [code] });
});
