import { expect, test } from 'vitest';
import { type EngineEnvironmentInputs, engineEnvironment } from './engine-environment.ts';

const login = { host: 'git.example', username: 'x' };
const inputs: Omit<EngineEnvironmentInputs, 'plan'> = {
  environment: {
    PATH: '/bin',
    AUTHORIZATION: 'a',
    SOURCE_TOKEN: 'b',
    GO_TOKEN: 'c',
    NPM_TOKEN: 'd',
    CACHE: 'e',
  },
  settings: {
    source: {
      hosts: [{ ...login, tokenVariable: 'SOURCE_TOKEN' }, login],
      ...{ submodules: false, timeout: 1, maxMegabytes: 1, maxFiles: 1 },
    },
    cache: {
      ...{ enabled: true, mounts: true, mountMaxMegabytes: 1, enginePerBuild: false, helperImage: 'tools' },
      logins: [{ tier: 'trusted', username: 'robot', tokenVariable: 'CACHE' }],
    },
    goModules: { private: ['git.example/team'], hosts: [{ ...login, tokenVariable: 'GO_TOKEN' }] },
  },
};

test('the engine sees no token that is for others', () => {
  const seen = engineEnvironment({ ...inputs, plan: { secrets: [] } });
  expect(seen).toEqual({ PATH: '/bin', NPM_TOKEN: 'd' });
});

test('the engine sees what the build is given as a secret', () => {
  const secrets = [{ id: 'token', kind: 'environment', variable: 'SOURCE_TOKEN' }] as const;
  expect(engineEnvironment({ ...inputs, plan: { secrets } })).toMatchObject({ SOURCE_TOKEN: 'b' });
});
