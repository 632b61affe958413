import { describe, expect, test } from 'vitest';
import { startScriptedService } from '../../test/fakes/azure-devops/scripted-service.ts';
import { openTestHttp } from '../../test/fakes/registry/open-http.ts';
import { Secret } from '../core/index.ts';
import { azureCredential, type CredentialOptions } from './azure-credential.ts';

const ids = { AZURE_TENANT_ID: 'tenant', AZURE_CLIENT_ID: 'client' };

function open(more: Partial<CredentialOptions>) {
  const { http } = openTestHttp();
  const clock = () => new Date(0);
  return azureCredential({
    environment: {},
    given: {},
    configured: {},
    isGithub: false,
    http,
    clock,
    ...more,
  });
}

/** What Entra is sent for a log-in. */
async function asked(more: Partial<CredentialOptions>) {
  const service = await startScriptedService();
  const environment = { AZURE_AUTHORITY_HOST: new URL(service.organizationUrl).origin, ...more.environment };
  await open({ ...more, environment }).authorization(undefined);
  return Object.fromEntries(new URLSearchParams(service.seen[0]?.body));
}

describe('we log in', () => {
  test('with the personal access token of the environment where nothing else is given', async () => {
    const credential = open({ environment: { ...ids, AZURE_DEVOPS_EXT_PAT: 'pat' } });
    expect((await credential.authorization(undefined)).reveal()).toBe(`Basic ${btoa(':pat')}`);
  });

  test('with the secret of an application', async () => {
    expect(await asked({ environment: { ...ids, AZURE_CLIENT_SECRET: 's3cret' } })).toMatchObject({
      ...{ client_id: 'client', client_secret: 's3cret' },
    });
  });

  test('with what is given, before the environment and the configuration', async () => {
    const environment = { ...ids, AZURE_CLIENT_SECRET: 'other', AZURE_DEVOPS_EXT_PAT: 'pat' };
    const configured = { azureTenantId: 'nobody', azureClientId: 'nobody' };
    const given = { clientId: 'mine', clientSecret: new Secret('my-s3cret') };
    expect(await asked({ environment, configured, given })).toMatchObject({
      ...{ client_id: 'mine', client_secret: 'my-s3cret' },
    });
  });

  test('with the application of the configuration, and inputs that are empty do not count', async () => {
    const configured = { azureTenantId: 'tenant', azureClientId: 'configured' };
    const given = { tenantId: '', clientId: '', clientSecret: undefined };
    expect(await asked({ environment: { AZURE_CLIENT_SECRET: 's' }, configured, given })).toMatchObject({
      client_id: 'configured',
    });
  });

  test.each<[string, Partial<CredentialOptions>]>([
    ['nothing', {}],
    ['no secret outside of GitHub', { environment: ids }],
    ['no application', { environment: { AZURE_CLIENT_SECRET: 's' }, isGithub: true }],
  ])('not with %s', (_, options) => {
    expect(() => open(options)).toThrow(expect.objectContaining({ code: 'usage.invalid' }));
  });

  test('without any secret in a GitHub job', () => {
    expect(() => open({ environment: ids, isGithub: true })).not.toThrow();
  });
});
