import { describe, expect, test } from 'vitest';
import { plainRequest } from '../../test/fakes/requests/plain-request.ts';
import { loadSettings, type Settings } from '../config/index.ts';
import type { BuildRequest } from '../request/index.ts';
import { planBuild } from './plan-build.ts';

const modules = `
go-modules:
  private: ['github.example.com/*', '*.corp.example.com']
  hosts: [{ host: github.example.com, token-variable: GO_TOKEN }]
`;

async function planWith(config: string, request: Partial<BuildRequest> = {}) {
  const { settings } = await loadSettings({
    env: {},
    shippedConfig: { path: 'c.yaml', text: `dev-registry: r.example.com/dev\n${config}` },
    checks: { checkTemplate: () => undefined, checkPattern: () => undefined },
  });
  return planOf(settings, request);
}

function planOf(settings: Settings, request: Partial<BuildRequest>) {
  return planBuild({
    origin: { kind: 'local' },
    request: {
      ...plainRequest,
      dockerfile: 'Dockerfile',
      useGoModules: true,
      ...request,
    },
    source: {
      event: 'local',
      name: 'app',
      commitSha: 'a'.repeat(40),
      commitTime: new Date(0),
      dirty: false,
      root: '/checkout',
    },
    settings,
    environment: {},
    now: new Date(0),
  });
}

describe('private Go modules', () => {
  test('are a secret by its id and a pattern that go reads', async () => {
    const { secrets, buildArgs } = await planWith(modules, { secrets: ['id=npm,src=.npmrc'] });
    expect(secrets).toEqual([
      { id: 'npm', kind: 'file', path: '.npmrc' },
      { id: 'go-netrc', kind: 'go-modules' },
    ]);
    expect(buildArgs).toContainEqual(['GOPRIVATE', 'github.example.com/*,*.corp.example.com']);
  });

  test('are for builds that ask for them', async () => {
    const { secrets, buildArgs } = await planWith(modules, { useGoModules: false });
    expect(secrets).toEqual([]);
    expect(buildArgs.map(([name]) => name)).toEqual(['BUILD_COMMIT_SHA']);
  });

  test.each<[string, string, Partial<BuildRequest>, string]>([
    [
      'without configuration',
      '',
      {},
      'private Go modules are asked for, but the configuration has no access to any',
    ],
    [
      'with another secret in their place',
      modules,
      { secrets: ['id=go-netrc,env=MINE'] },
      'build secret "go-netrc" is made by image-builder',
    ],
    [
      'with another pattern',
      modules,
      { buildArgs: ['GOPRIVATE=none'] },
      'build argument "GOPRIVATE" is set by image-builder',
    ],
  ])('%s are refused', async (_, config, request, message) => {
    await expect(planWith(config, request)).rejects.toMatchObject({ code: 'request.invalid', message });
  });
});
