import { expect, test } from 'vitest';
import { azureLogin, readBuildInputs, requestedBuild, secretInput } from './build-inputs.ts';

const read = (environment: Readonly<Record<string, string>>) => readBuildInputs({ environment });

test('inputs that are not given ask for what the deployed action does', () => {
  expect(requestedBuild(read({}))).toEqual({
    ...{ dockerfile: './Dockerfile', context: '.', tags: [], buildArgs: [], platforms: [] },
    ...{ exportTags: false, useRestrictedRegistry: false, useGoModules: false },
    ...{ buildContexts: [], secrets: [], registries: [], noCache: false },
  });
});

test('inputs ask for a build in each of its respects', () => {
  const inputs = read({
    ...{ 'INPUT_IMAGE-NAME': 'team/app', INPUT_DOCKERFILE: 'a/Dockerfile', INPUT_CONTEXT: 'a' },
    ...{ 'INPUT_BUILD-ARGS': 'A=1\n B=2 \n\n', INPUT_TAGS: 'v1\nname=v2', INPUT_PLATFORMS: 'linux/arm64' },
    ...{ INPUT_TARGET: 'release', 'INPUT_EXPORT-TAGS': 'true', 'INPUT_USE-RESTRICTED-REGISTRY': 'True' },
    'INPUT_USE-GO-INTERNAL-SAP-MODULES': 'TRUE',
  });
  expect(requestedBuild(inputs)).toMatchObject({
    ...{ name: 'team/app', dockerfile: 'a/Dockerfile', context: 'a', target: 'release' },
    ...{ buildArgs: ['A=1', 'B=2'], tags: ['v1', 'name=v2'], platforms: ['linux/arm64'] },
    ...{ exportTags: true, useRestrictedRegistry: true, useGoModules: true },
  });
});

test('a switch that is none is refused', () => {
  expect(() => requestedBuild(read({ 'INPUT_EXPORT-TAGS': 'yes' }))).toThrow(
    expect.objectContaining({ code: 'usage.invalid' }),
  );
});

test('secrets are kept as such, and an empty one is none', () => {
  const login = azureLogin(
    read({ 'INPUT_AZURE-CLIENT-SECRET': 's3cret', 'INPUT_AZURE-TENANT-ID': 'tenant' }),
  );
  expect(login).toMatchObject({ tenantId: 'tenant', clientId: '' });
  expect([String(login.clientSecret), login.clientSecret?.reveal()]).toEqual(['[secret]', 's3cret']);
  expect(secretInput(read({ 'INPUT_OIDC-TOKEN': ' ' }), 'oidc-token')).toBeUndefined();
});
