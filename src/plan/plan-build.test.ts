import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { pushRequest, verifiedCaller } from '../../test/fakes/oidc-issuer/open-trust.ts';
import { plainRequest } from '../../test/fakes/requests/plain-request.ts';
import type { BuildEvent, SourceState } from '../ci/index.ts';
import { loadSettings, type Settings } from '../config/index.ts';
import { bindRequest, checkSource } from '../identity/index.ts';
import { printRepository } from '../oci/index.ts';
import type { BuildRequest } from '../request/index.ts';
import { checkTemplate, checkValidationPattern } from '../tags/index.ts';
import type { BuildOrigin } from './build-origin.ts';
import { planBuild } from './plan-build.ts';

const shipped = join(import.meta.dirname, '../../configs/image-builder-config.yaml');
const commit = '1234567890abcdef1234567890abcdef12345678';

const source: SourceState = {
  event: 'push',
  owner: 'kyma-project',
  name: 'Test-Infra',
  commitSha: commit,
  commitTime: new Date('2021-09-29T10:00:00Z'),
  ref: 'refs/heads/main',
  dirty: false,
  root: '/checkout',
  url: 'https://github.com/kyma-project/test-infra',
};

let settings: Settings;

interface Change {
  readonly request?: Partial<BuildRequest>;
  readonly source?: Partial<SourceState>;
  readonly settings?: Partial<Settings>;
  readonly origin?: BuildOrigin;
  readonly now?: Date;
}

function plan(change: Change = {}) {
  return planBuild({
    request: { ...plainRequest, ...change.request },
    source: { ...source, ...change.source },
    settings: { ...settings, ...change.settings },
    origin: change.origin ?? { kind: 'local' },
    environment: { FROM_ENV: 'there' },
    now: change.now ?? new Date('2021-09-30T23:59:59.900Z'),
  });
}

beforeAll(async () => {
  const checks = { checkTemplate, checkPattern: checkValidationPattern };
  const shippedConfig = { path: 'shipped', text: readFileSync(shipped, 'utf8') };
  settings = (await loadSettings({ env: {}, shippedConfig, checks })).settings;
});

const repo = 'reg.example/cache';
const group = 'linux-amd64_linux-arm64';

const keptCache: Settings['cache'] = {
  enabled: true,
  cacheRepo: 'reg.example/cache',
  logins: [],
  mounts: true,
  mountMaxMegabytes: 5,
  enginePerBuild: false,
  helperImage: 'reg.example/tools:1',
};

describe('what the shipped configuration makes of each event', () => {
  const prefix = 'europe-docker.pkg.dev/kyma-project';
  const cases: readonly [BuildEvent, Partial<SourceState>, string, string, string | undefined][] = [
    ['push', {}, 'v20210930-1234567', 'prod', 'signify-prod'],
    ['schedule', {}, 'v20210930-1234567', 'prod', 'signify-prod'],
    ['workflow_dispatch', {}, 'v20210930-1234567', 'prod', 'signify-prod'],
    ['pull_request_target', { pullRequest: 123 }, 'PR-123', 'dev', undefined],
    ['merge_group', {}, '0.0.0-MG.1234567', 'dev', undefined],
    ['local', {}, 'local-1234567', 'dev', undefined],
    ['local', { dirty: true }, 'local-1234567-dirty', 'dev', undefined],
  ];

  test.each(cases)('%s %j gets the tag %s and goes to %s', (event, state, tag, repository, signer) => {
    const planned = plan({ source: { event, ...state } });
    expect(planned.tags).toEqual([expect.objectContaining({ name: 'default_tag', value: tag })]);
    expect(planned.destinations.map(({ push }) => printRepository(push))).toEqual([
      `${prefix}/${repository}/test-infra`,
    ]);
    expect(planned.signing.kind === 'signed-by' ? planned.signing.signers[0] : undefined).toBe(signer);
    expect(planned.platforms).toEqual(['linux/arm64', 'linux/amd64']);
  });

  test.each([
    ['push', {}, 'kyma-restricted-images-prod', 'restricted-prod'],
    ['pull_request_target', { pullRequest: 1 }, 'kyma-restricted-images-dev', 'restricted-dev'],
  ] as const)(
    'a restricted %s is pushed to one repository and pulled from another',
    (event, state, push, pull) => {
      const [destination] = plan({
        source: { event, ...state },
        request: { useRestrictedRegistry: true },
      }).destinations;
      expect(destination && [printRepository(destination.push), printRepository(destination.pull)]).toEqual([
        `${prefix}/${push}/test-infra`,
        `${prefix}/${pull}/test-infra`,
      ]);
    },
  );
});

describe('a plan', () => {
  test('is the same for the same inputs, and frozen to the bottom', () => {
    expect(plan()).toEqual(plan());
    const planned = plan({ request: { tags: ['v1'] } });
    expect(() => Object.assign(planned.image, { name: 'other' })).toThrow(TypeError);
    expect(() => (planned.tags as unknown[]).push('x')).toThrow(TypeError);
  });

  test('has the date of its one reading of the clock everywhere', () => {
    const planned = plan({ request: { tags: ['at={{ .Time.Format "2006-01-02" }}', 'on={{ .Date }}'] } });
    expect(planned.tags.map(({ value }) => value)).toEqual(['v20210930-1234567', '2021-09-30', '20210930']);
    expect(planned.created).toBe('2021-09-30T23:59:59Z');
    expect(planned.labels['org.opencontainers.image.created']).toBe('2021-09-30T23:59:59Z');
  });

  test('names the run of a caller as the token says it, and no other', async () => {
    const claims = { run_id: '777' };
    const bound = bindRequest(await verifiedCaller(claims), pushRequest);
    const checked = await checkSource(bound, { commitAt: async () => undefined });
    expect(plan({ origin: { kind: 'remote', checked } }).source.run).toBe('777');
    expect(plan().source).not.toHaveProperty('run');
  });

  test('labels the image with its origin, and with the first tag that was asked for as its version', () => {
    expect(plan({ request: { tags: ['v1.2.3'] } }).labels).toEqual({
      'org.opencontainers.image.created': '2021-09-30T23:59:59Z',
      'org.opencontainers.image.revision': commit,
      'org.opencontainers.image.source': 'https://github.com/kyma-project/test-infra',
      'org.opencontainers.image.title': 'test-infra',
      'org.opencontainers.image.version': 'v1.2.3',
    });
    expect(plan().labels['org.opencontainers.image.version']).toBe('v20210930-1234567');
  });

  test('always passes the commit, and the tags when asked', () => {
    expect(plan({ request: { buildArgs: ['A=b=c', 'FROM_ENV'] } }).buildArgs).toEqual([
      ['BUILD_COMMIT_SHA', commit],
      ['A', 'b=c'],
      ['FROM_ENV', 'there'],
    ]);
    expect(plan({ request: { exportTags: true, tags: ['rel=v1'] } }).buildArgs).toEqual([
      ['BUILD_COMMIT_SHA', commit],
      ['TAG_default_tag', 'v20210930-1234567'],
      ['TAG_rel', 'v1'],
    ]);
  });

  test('reads tags from base64 and from flags', () => {
    const tagsBase64 = Buffer.from('a=v1,v2').toString('base64');
    expect(plan({ request: { tagsBase64, tags: ['b=v3'] } }).tags.map(({ name }) => name)).toEqual([
      'default_tag',
      'b',
      'a',
      'v2',
    ]);
  });

  test('reads platforms from several flags, commas and lines, each once', () => {
    const platforms = ['linux/amd64,linux/arm64\n linux/arm/v7', 'linux/x86_64'];
    expect(plan({ request: { platforms } }).platforms).toEqual([
      'linux/amd64',
      'linux/arm64',
      'linux/arm/v7',
    ]);
  });

  test('takes every time from the commit when it is to be reproducible', () => {
    const planned = plan({ settings: { reproducible: true } });
    expect(planned.sourceDateEpoch).toBe(Date.parse('2021-09-29T10:00:00Z') / 1000);
    expect(planned.labels['org.opencontainers.image.created']).toBe('2021-09-29T10:00:00Z');
    expect(planned.attestations.provenance).toBe('off');
  });

  test('reads the trusted cache and writes that of its own tier', () => {
    const cache = { ...keptCache, mounts: false };
    const references = (event: BuildEvent) => {
      const pullRequest = event === 'pull_request_target' ? { pullRequest: 1 } : {};
      return plan({ settings: { cache }, source: { event, ...pullRequest } }).nodes[0]?.cache;
    };
    expect(references('push')).toEqual({
      import: [`${repo}/trusted/test-infra:${group}`],
      export: `${repo}/trusted/test-infra:${group}`,
    });
    expect(references('pull_request_target')).toEqual({
      import: [`${repo}/pull-request-target/test-infra:${group}`, `${repo}/trusted/test-infra:${group}`],
      export: `${repo}/pull-request-target/test-infra:${group}`,
    });
    expect(plan().nodes[0]?.cache).toEqual({ import: [] });
  });

  test('names the login with which its own tier writes, and that of no other', () => {
    const pull = { tier: 'pull-request-target', username: 'pull', tokenFile: 'pull-token' } as const;
    const trusted = { tier: 'trusted', username: 'push', tokenVariable: 'PUSH' } as const;
    const cache = { ...keptCache, logins: [pull, trusted] };
    const login = (event: BuildEvent, changes: Partial<Settings['cache']> = {}) => {
      const pullRequest = event === 'pull_request_target' ? { pullRequest: 1 } : {};
      return plan({ settings: { cache: { ...cache, ...changes } }, source: { event, ...pullRequest } })
        .cacheLogin;
    };
    expect(login('push')).toEqual({ registry: 'reg.example', username: 'push', tokenVariable: 'PUSH' });
    expect(login('pull_request_target')).toEqual({
      ...{ registry: 'reg.example', username: 'pull', tokenFile: 'pull-token' },
    });
    expect(login('merge_group')).toBeUndefined();
    expect(login('push', { enabled: false })).toBeUndefined();
  });

  test('keeps cache mounts by the side of the layers, in each tier its own', () => {
    const source = { event: 'pull_request_target', pullRequest: 1 } as const;
    const { mounts } = plan({ settings: { cache: keptCache }, source }).nodes[0]?.cache ?? {};
    expect(mounts).toEqual({
      read: [
        `${repo}/pull-request-target/test-infra:${group}-mount`,
        `${repo}/trusted/test-infra:${group}-mount`,
      ],
      write: `${repo}/pull-request-target/test-infra:${group}-mount`,
      namespace: 'pull-request-target/test-infra',
      maxBytes: 5 * 1024 * 1024,
      helperImage: 'reg.example/tools:1',
    });
    const alone = plan({ settings: { cache: { ...keptCache, enginePerBuild: true } }, source });
    expect(alone.nodes[0]?.cache.mounts?.namespace).toBe('test-infra');
    const off = plan({ settings: { cache: { ...keptCache, enabled: false } } });
    expect(off.nodes[0]?.cache.mounts).toBeUndefined();
  });

  test('keeps a cache for each group of platforms that is built together', () => {
    const export_ = (platforms: readonly string[], builderNodes: Settings['builderNodes'] = []) =>
      plan({ settings: { cache: keptCache, platforms, builderNodes } }).nodes.map(
        ({ cache }) => cache.export,
      );
    expect(export_(['linux/arm64', 'linux/arm/v7'])).toEqual([
      `${repo}/trusted/test-infra:linux-arm-v7_linux-arm64`,
    ]);
    const arm = { name: 'arm', builder: 'arm', platforms: ['linux/arm64'], agentPool: 'x' };
    expect(export_(['linux/amd64', 'linux/arm64'], [arm])).toEqual([
      `${repo}/trusted/test-infra:linux-amd64`,
      `${repo}/trusted/test-infra:linux-arm64`,
    ]);
    const many = Array.from({ length: 9 }, (_, at) => `linux/very-long-name-${at}`);
    expect(export_(many)[0]).toMatch(/test-infra:[0-9a-f]{16}$/);
  });

  test('holds where secrets come from and never what they are', () => {
    const planned = plan({ request: { secrets: ['id=token,env=FROM_ENV'] } });
    expect(planned.secrets).toEqual([{ id: 'token', kind: 'environment', variable: 'FROM_ENV' }]);
    expect(JSON.stringify(planned)).not.toContain('there');
  });
});

describe('a request that cannot be carried out is refused', () => {
  const cases: readonly [string, Change, string, string][] = [
    [
      'a name of another registry',
      { request: { name: '../app' } },
      'request.invalid',
      'image name "../app" is not allowed in a registry',
    ],
    [
      'a name in upper case',
      { request: { name: 'App' } },
      'request.invalid',
      'image name "App" is not allowed in a registry',
    ],
    [
      'a platform',
      { request: { platforms: ['linux'] } },
      'request.invalid',
      'platform "linux" is not understood',
    ],
    [
      'a context',
      { request: { context: '../x' } },
      'request.invalid',
      'context "../x" leads out of the checkout',
    ],
    [
      'a Dockerfile',
      { request: { dockerfile: '/x' } },
      'request.invalid',
      'dockerfile "/x" is an absolute path',
    ],
    [
      'a named context',
      { request: { buildContexts: ['x'] } },
      'request.invalid',
      'build context "x" has no valid name',
    ],
    [
      'a reserved tag',
      { request: { tags: ['default_tag=x'] } },
      'tag.invalid',
      'tag "x" takes the reserved name "default_tag"',
    ],
    [
      'a build arg of a tag',
      { request: { exportTags: true, buildArgs: ['TAG_default_tag=x'] } },
      'request.invalid',
      'build argument "TAG_default_tag" is set by image-builder',
    ],
    [
      'an event without default tag',
      { settings: { defaultCommitTag: undefined as never } },
      'config.invalid',
      'the configuration has no "default-commit-tag", so the image has no default tag',
    ],
  ];

  test.each(cases)('%s', (_, change, code, message) => {
    expect(() => plan(change)).toThrow(expect.objectContaining({ code, message }));
  });
});
