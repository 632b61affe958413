import { describe, expect, test } from 'vitest';
import { load } from './load-for-test.ts';
import { settingsTable } from './settings-table.ts';

async function tableOf(text: string): Promise<readonly string[]> {
  const { effective } = await load(text);
  return settingsTable(effective).map(({ setting, value, source }) => `${setting} = ${value} [${source}]`);
}

describe('settingsTable', () => {
  test('has every setting, also those that nobody set', async () => {
    expect(await tableOf('')).toEqual([
      'registry = (none) [default]',
      'dev-registry = (none) [default]',
      'restricted-registry = (none) [default]',
      'restricted-dev-registry = (none) [default]',
      'plain-http-registries = (none) [default]',
      'default-commit-tag = (not set) [default]',
      'default-pr-tag = (not set) [default]',
      'default-merge-group-tag = (not set) [default]',
      'default-local-tag.name = default_tag [default]',
      'default-local-tag.value = local-{{ .ShortSHA }} [default]',
      'default-local-tag.validation = ^local-[0-9a-f]{4,40}(-dirty)?$ [default]',
      'additional-pr-tag = (not set) [default]',
      'short-sha-length = 7 [default]',
      'tag-env = (none) [default]',
      'source.hosts[0].host = github.com [default]',
      'source.hosts[0].username = x-access-token [default]',
      'source.hosts[0].token-variable = (not set) [default]',
      'source.hosts[0].token-file = (not set) [default]',
      'source.hosts[0].ca = (not set) [default]',
      'source.submodules = false [default]',
      'source.timeout = 10m [default]',
      'source.max-megabytes = 2048 [default]',
      'source.max-files = 100000 [default]',
      'go-modules = (not set) [default]',
      'platforms = linux/arm64, linux/amd64 [default]',
      'reproducible = false [default]',
      'provenance = min [default]',
      'sbom = false [default]',
      'compression = gzip [default]',
      'cache.enabled = false [default]',
      'cache.cache-repo = (not set) [default]',
      'cache.logins = (none) [default]',
      'cache.mounts = true [default]',
      'cache.mount-max-megabytes = 2048 [default]',
      'cache.engine-per-build = false [default]',
      'cache.helper-image = docker.io/library/debian:stable-slim [default]',
      'cache.epoch = (not set) [default]',
      'reuse.enabled = false [default]',
      'reuse.builder-version = (not set) [default]',
      'builder-nodes = (none) [default]',
      'advice = true [default]',
      'build-timeout = 2h [default]',
      'publish-timeout = 30m [default]',
      'identity = (not set) [default]',
      'restricted-bases = (none) [default]',
      'policy = (not set) [default]',
      'sign-config = (not set) [default]',
      'trust = (not set) [default]',
      'backend = auto [default]',
      'ado-config = (not set) [default]',
    ]);
  });

  test('shows values as they were written, with the line that each comes from', async () => {
    const text = `
log-format: json
registry: [r.io/a, r.io/b]
restricted-registry:
  - push: r.io/c
default-pr-tag:
  value: PR
  validation: P
sign-config:
  enabled-signers:
    '*': []
    a/b: [x]
  signers:
    - name: x
      type: notary
      config:
        endpoint: https://s.example.com
        secret: {path: "a\\tb", type: signify}
        timeout: 90s
    - name: y
      type: notation
      config: {key: /k, chain: /c}
`;
    const table = await tableOf(text);
    expect(table).toEqual(
      expect.arrayContaining([
        'registry = r.io/a, r.io/b [c.yaml:3]',
        'restricted-registry[0].push = r.io/c [c.yaml:5]',
        'restricted-registry[0].pull = (not set) [default]',
        'default-pr-tag.name = default_tag [default]',
        'default-pr-tag.value = PR [c.yaml:7]',
        'sign-config.enabled-signers["*"] = (none) [c.yaml:11]',
        'sign-config.enabled-signers["a/b"] = x [c.yaml:12]',
        'sign-config.signers[0].name = x [c.yaml:14]',
        'sign-config.signers[0].job-type = (none) [default]',
        'sign-config.signers[0].config.secret.path = "a\\tb" [c.yaml:18]',
        'sign-config.signers[0].config.timeout = 90s [c.yaml:19]',
        'sign-config.signers[0].config.retry-timeout = 10s [default]',
        'sign-config.signers[1].config.format = jws [default]',
        'sign-config.signers[1].config.timestamp-url = (not set) [default]',
      ]),
    );
    expect(table.filter((row) => row.startsWith('log-format'))).toEqual([]);
    expect(table.filter((row) => row.startsWith('sign-config.signers[1].config.timeout'))).toEqual([]);
  });
});
