import { describe, expect, test } from 'vitest';
import type { Override } from './effective-settings.ts';
import { load, oneSigner, problemsOf } from './load-for-test.ts';

const cacheDefaults = {
  mounts: true,
  logins: [],
  mountMaxMegabytes: 2_048,
  enginePerBuild: false,
  helperImage: 'docker.io/library/debian:stable-slim',
};

describe('a configuration that is right', () => {
  test.each(['', '\n', '# nothing but a comment', '---', '~', '\uFEFF', '{}'])(
    'has all defaults when it is %j',
    async (text) => {
      const { settings, warnings } = await load(text);
      expect(warnings).toEqual([]);
      expect(settings).toEqual({
        registry: [],
        devRegistry: [],
        restrictedRegistry: [],
        restrictedDevRegistry: [],
        plainHttpRegistries: [],
        defaultLocalTag: {
          name: 'default_tag',
          value: 'local-{{ .ShortSHA }}',
          validation: '^local-[0-9a-f]{4,40}(-dirty)?$',
        },
        shortShaLength: 7,
        tagEnv: [],
        source: {
          hosts: [{ host: 'github.com', username: 'x-access-token' }],
          submodules: false,
          timeout: 600,
          maxMegabytes: 2048,
          maxFiles: 100_000,
        },
        platforms: ['linux/arm64', 'linux/amd64'],
        reproducible: false,
        provenance: 'min',
        sbom: false,
        compression: 'gzip',
        reuse: { enabled: false },
        cache: { enabled: false, ...cacheDefaults },
        builderNodes: [],
        buildTimeout: 7200,
        publishTimeout: 1800,
        restrictedBases: [],
        backend: 'auto',
        advice: [
          'go-build-a',
          'compiler-without-cache-mount',
          'sources-before-dependencies',
          'emulated-compile',
          'slow-emulation',
          'context-without-dockerignore',
        ],
      });
    },
  );

  test('takes one repository as a list of one', async () => {
    const { settings } = await load('registry: localhost:5000\ndev-registry: [r.io/a, r.io:81/b]');
    expect(settings.registry).toEqual(['localhost:5000']);
    expect(settings.devRegistry).toEqual(['r.io/a', 'r.io:81/b']);
  });

  test('pulls restricted images from where they are pushed unless it says otherwise', async () => {
    const { settings } = await load(
      'restricted-registry: {push: r.io/a}\nrestricted-dev-registry:\n  - {push: r.io/a, pull: r.io/v}\n  - {push: r.io/b}',
    );
    expect(settings.restrictedRegistry).toEqual([{ push: 'r.io/a', pull: 'r.io/a' }]);
    expect(settings.restrictedDevRegistry).toEqual([
      { push: 'r.io/a', pull: 'r.io/v' },
      { push: 'r.io/b', pull: 'r.io/b' },
    ]);
  });

  test('gives everything that can be set to the program', async () => {
    const { settings } = await load(`
plain-http-registries: [r.internal, r.internal:5000]
additional-pr-tag: {name: extra, value: x}
tag-env: [PULL_BASE_REF]
platforms: [linux/aarch64, linux/arm]
reproducible: true
provenance: off
sbom: r.io/generator:v1
cache: {enabled: true, cache-repo: r.io/cache}
builder-nodes: [{name: arm, builder: arm-builder, platforms: [linux/arm64]}]
build-timeout: 1h30m
publish-timeout: 500ms
ado-config:
  ado-organization-url: http://127.0.0.1:8080/o
  ado-project-name: p
  ado-pipeline-id: 1
  ado-retry-strategy: {delay: 0}
`);
    expect(settings).toMatchObject({
      plainHttpRegistries: ['r.internal', 'r.internal:5000'],
      additionalPrTag: { name: 'extra', value: 'x' },
      tagEnv: ['PULL_BASE_REF'],
      platforms: ['linux/arm64', 'linux/arm/v7'],
      reproducible: true,
      provenance: 'off',
      sbom: 'r.io/generator:v1',
      cache: { enabled: true, cacheRepo: 'r.io/cache', ...cacheDefaults },
      builderNodes: [{ name: 'arm', builder: 'arm-builder', platforms: ['linux/arm64'] }],
      buildTimeout: 5400,
      publishTimeout: 0.5,
      adoConfig: { adoRetryStrategy: { attempts: 3, delay: 0 }, adoRefreshInterval: 5 },
    });
  });

  test('is frozen to the last value', async () => {
    const { settings } = await load(`sign-config:${oneSigner}`);
    const unfrozen = (value: unknown): readonly unknown[] =>
      typeof value === 'object' && value !== null
        ? [...(Object.isFrozen(value) ? [] : [value]), ...Object.values(value).flatMap(unfrozen)]
        : [];
    expect(unfrozen(settings)).toEqual([]);
  });
});

describe('flags and the environment', () => {
  const text = 'registry: r.io/file\nbuild-timeout: 1h\ncache:\n  enabled: true\n  cache-repo: r.io/c';
  const flag = (path: string, value: unknown): Override => ({
    kind: 'flag',
    name: `--${path}`,
    path: path.split('.'),
    value,
  });
  const variable = (path: string, value: unknown): Override => ({
    ...flag(path, value),
    kind: 'environment',
    name: 'VARIABLE',
  });

  test('win over the file, flags over the environment', async () => {
    const { settings, effective } = await load(text, [
      flag('registry', ['r.io/flag']),
      variable('registry', 'r.io/variable'),
      variable('cache.enabled', false),
    ]);
    expect(settings.registry).toEqual(['r.io/flag']);
    expect(settings.cache).toEqual({ enabled: false, cacheRepo: 'r.io/c', ...cacheDefaults });
    const origins = Object.fromEntries(effective.map(({ path, origin }) => [path, origin]));
    expect(origins).toMatchObject({
      registry: { kind: 'flag', detail: '--registry' },
      'build-timeout': { kind: 'file', detail: 'c.yaml:2' },
      'cache.enabled': { kind: 'environment', detail: 'VARIABLE' },
      'cache.cache-repo': { kind: 'file', detail: 'c.yaml:5' },
      'publish-timeout': { kind: 'default', detail: 'default' },
    });
  });

  test('are refused by their name, beside what is wrong in the file', async () => {
    const problems = await problemsOf('sbom: 1', [flag('build-timeout', '5'), variable('platforms', ['x'])]);
    expect(problems).toEqual([
      {
        source: 'VARIABLE',
        path: 'platforms[0]',
        message: 'expected a platform such as "linux/amd64", got "x"',
      },
      {
        source: '--build-timeout',
        path: 'build-timeout',
        message: `expected a duration above zero such as "30s" or "1h30m", got "5"`,
        hint: 'add a unit: 5s, 5m or 5h',
      },
      expect.objectContaining({ source: 'c.yaml', line: 1, column: 7, path: 'sbom' }),
    ]);
  });

  test('are blamed when what the file says no longer fits to them', async () => {
    const text = `sign-config:\n  enabled-signers: {'*': [a]}${oneSigner}`;
    expect(await problemsOf(text, [flag('sign-config.signers', [])])).toEqual([
      {
        source: '--sign-config.signers',
        path: 'sign-config.enabled-signers["*"][0]',
        message: 'signer "a" is not defined',
        hint: 'no signer is defined',
      },
    ]);
  });
});
