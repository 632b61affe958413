import { describe, expect, test } from 'vitest';
import { load, oneSigner, printed, problemsOf } from './load-for-test.ts';

const repositoryRule = 'a repository with its registry, such as "registry.example.com/team/images"';
const durationRule = 'a duration above zero such as "30s" or "1h30m"';

const badConfigs: readonly (readonly [title: string, text: string, problems: readonly string[]])[] = [
  [
    'an unknown key',
    'registri: r.example.com/a',
    ['1:1 registri: unknown key "registri" (did you mean "registry"?)'],
  ],
  [
    'a camelCase key',
    'devRegistry: r.io/a',
    ['1:1 devRegistry: unknown key "devRegistry" (did you mean "dev-registry"?)'],
  ],
  [
    'a key of a section at the top',
    'ado-pipeline-id: 1',
    ['1:1 ado-pipeline-id: unknown key "ado-pipeline-id" (it belongs in "ado-config")'],
  ],
  [
    'a top key in a section',
    'cache:\n  platforms: [linux/amd64]',
    ['2:3 cache.platforms: unknown key "platforms" (it belongs at the top of the file)'],
  ],
  [
    'a key nothing like ours',
    'cache:\n  zzzzzzzzzzzz: 1',
    [
      '2:3 cache.zzzzzzzzzzzz: unknown key "zzzzzzzzzzzz" (known keys: enabled, cache-repo, logins, mounts, mount-max-megabytes, engine-per-build, helper-image, epoch)',
    ],
  ],
  [
    'a key inherited by every object',
    'constructor: 1',
    ['1:1 constructor: unknown key "constructor" ("image-builder config schema" has all keys)'],
  ],
  ['the prototype key', 'cache:\n  __proto__: {enabled: true}', ['2:3 key "__proto__" is not allowed']],
  [
    'a repository without a registry',
    'registry: team/images',
    [`1:11 registry: expected ${repositoryRule}, or a list of them, got "team/images"`],
  ],
  [
    'a repository with a scheme in a list',
    'registry:\n  - r.io/a\n  - https://r.io/b',
    [`3:5 registry[1]: expected ${repositoryRule}, got "https://r.io/b" (leave "https://" out)`],
  ],
  ['a repository twice', 'registry:\n  - r.io/a\n  - r.io/a', ['3:5 registry[1]: "r.io/a" is given twice']],
  [
    'a number for a repository',
    'dev-registry: 5',
    [`1:15 dev-registry: expected ${repositoryRule}, or a list of them, got 5`],
  ],
  [
    'an upper-case repository',
    'registry: r.io/Team',
    [`1:11 registry: expected ${repositoryRule}, or a list of them, got "r.io/Team"`],
  ],
  [
    'a repository with a tag',
    'registry: r.io/team:v1',
    [`1:11 registry: expected ${repositoryRule}, or a list of them, got "r.io/team:v1"`],
  ],
  [
    'nothing for a repository',
    'registry:',
    [
      `1:10 registry: expected ${repositoryRule}, or a list of them, got nothing (give it a value or remove the key)`,
    ],
  ],
  [
    'a restricted registry without push',
    'restricted-registry:\n  pull: r.io/a',
    [`1:1 restricted-registry.push: required key "push" is missing (expected ${repositoryRule})`],
  ],
  [
    'a restricted registry as text',
    'restricted-registry: r.io/a',
    ['1:22 restricted-registry: expected a mapping with "push" and "pull", or a list of them, got "r.io/a"'],
  ],
  [
    'a wrong pair in a list',
    'restricted-dev-registry:\n  - push: r.io/a\n    pul: r.io/b',
    ['3:5 restricted-dev-registry[0].pul: unknown key "pul" (did you mean "pull"?)'],
  ],
  [
    'a misspelt key in a pair',
    'restricted-registry: {push: r.io/a, pul: r.io/b}',
    ['1:37 restricted-registry.pul: unknown key "pul" (did you mean "pull"?)'],
  ],
  [
    'a default tag without validation',
    'default-pr-tag:\n  name: default_tag\n  value: PR-1',
    [
      '1:1 default-pr-tag.validation: required key "validation" is missing (expected a pattern such as "^PR-[0-9]+$")',
    ],
  ],
  [
    'a default tag as text',
    'default-commit-tag: v1',
    ['1:21 default-commit-tag: expected a mapping with "name", "value", "validation", got "v1"'],
  ],
  [
    'a template that the tags module refuses',
    'default-pr-tag: {value: "{{ .Dat }}", validation: x}',
    ['1:25 default-pr-tag.value: unknown fact "Dat" (known facts: Date)'],
  ],
  [
    'a pattern that the tags module refuses',
    "default-pr-tag: {value: v, validation: '(?=x)'}",
    ['1:40 default-pr-tag.validation: look-ahead is not supported'],
  ],
  [
    'a tag name that cannot be a build argument',
    'default-pr-tag: {name: a.b, value: v, validation: v}',
    ['1:24 default-pr-tag.name: expected a name of letters, digits, "_" and "-", got "a.b"'],
  ],
  [
    'an additional tag under the name of the default one',
    'additional-pr-tag: {name: default_tag, value: v}',
    [
      '1:27 additional-pr-tag.name: expected a name of letters, digits, "_" and "-" other than "default_tag", the name of the default tag, got "default_tag"',
    ],
  ],
  [
    'a short SHA that is too short',
    'short-sha-length: 3',
    ['1:19 short-sha-length: expected a whole number from 4 to 40, got 3'],
  ],
  [
    'a short SHA with a fraction',
    'short-sha-length: 7.5',
    ['1:19 short-sha-length: expected a whole number from 4 to 40, got 7.5'],
  ],
  [
    'a short SHA as text',
    'short-sha-length: "7"',
    ['1:19 short-sha-length: expected a whole number from 4 to 40, got "7"'],
  ],
  [
    'a variable that is none',
    'tag-env: [A, B-C]',
    ['1:14 tag-env[1]: expected the name of an environment variable, got "B-C"'],
  ],
  [
    'a platform that is none',
    'platforms: [linux]',
    ['1:13 platforms[0]: expected a platform such as "linux/amd64", got "linux"'],
  ],
  [
    'no platform at all',
    'platforms: []',
    [
      '1:12 platforms: expected a list of platforms such as ["linux/amd64", "linux/arm64"], got an empty list',
    ],
  ],
  [
    'one platform under two names',
    'platforms: [linux/arm64, linux/aarch64]',
    ['1:26 platforms[1]: "linux/arm64" is given twice'],
  ],
  ['a word for a switch', 'reproducible: yes', ['1:15 reproducible: expected true or false, got "yes"']],
  [
    'an unknown level',
    'provenance: full',
    ['1:13 provenance: expected one of "off", "min", "max", got "full"'],
  ],
  ['a number for the SBOM', 'sbom: 1', ['1:7 sbom: expected true, false or the image of a generator, got 1']],
  [
    'a generator that is no image',
    'sbom: a b',
    ['1:7 sbom: expected true, false or the image of a generator, got "a b"'],
  ],
  [
    'a registry with a path',
    'plain-http-registries: [r.io/a]',
    [
      '1:25 plain-http-registries[0]: expected a registry as host or host:port, such as "registry.example.com:5000", got "r.io/a"',
    ],
  ],
  [
    'a cache without a repository',
    'cache:\n  enabled: true',
    [
      '2:12 cache.enabled: the cache is enabled, but has no repository (set "cache-repo" to the repository that holds the layers)',
    ],
  ],
  [
    'a builder that is an option',
    'builder-nodes:\n  - {name: n, builder: --rm, platforms: [linux/amd64]}',
    [
      '2:24 builder-nodes[0].builder: expected a name of letters, digits, ".", "_" and "-" that starts with a letter, got "--rm"',
    ],
  ],
  [
    'a timeout without a unit',
    'build-timeout: 90',
    [`1:16 build-timeout: expected ${durationRule}, got 90 (add a unit: 90s, 90m or 90h)`],
  ],
  [
    'a quoted timeout without a unit',
    'build-timeout: "90"',
    [`1:16 build-timeout: expected ${durationRule}, got "90" (add a unit: 90s, 90m or 90h)`],
  ],
  ['no timeout', 'publish-timeout: 0s', [`1:18 publish-timeout: expected ${durationRule}, got "0s"`]],
  [
    'a negative timeout',
    'publish-timeout: -5s',
    [`1:18 publish-timeout: expected ${durationRule}, got "-5s"`],
  ],
  [
    'a log format of nobody',
    'log-format: xml',
    ['1:13 log-format: expected one of "json", "text", "color", got "xml"'],
  ],
  [
    'a signer of an unknown type',
    `sign-config:${oneSigner.replace('notary', 'notarry')}`,
    [
      '4:13 sign-config.signers[0].type: expected one of "notary", "notation", "cosign", got "notarry" (did you mean "notary"?)',
    ],
  ],
  [
    'a signer of a type that is like none',
    `sign-config:${oneSigner.replace('notary', 'gpg')}`,
    ['4:13 sign-config.signers[0].type: expected one of "notary", "notation", "cosign", got "gpg"'],
  ],
  [
    'a signer without a type',
    `sign-config:${oneSigner.replace(/ +type: notary\n/, '')}`,
    [
      '3:7 sign-config.signers[0].type: required key "type" is missing (expected one of "notary", "notation", "cosign")',
    ],
  ],
  [
    'a signer that is a word',
    'sign-config: {signers: [notation]}',
    [
      '1:25 sign-config.signers[0]: expected a mapping with "name", "type", "job-type", "config", got "notation"',
    ],
  ],
  [
    'a signer with what belongs to another type',
    `sign-config:${oneSigner.replace('notary', 'notation')}`,
    [
      '5:7 sign-config.signers[0].config.key: required key "key" is missing (expected a text that is not empty)',
      '5:7 sign-config.signers[0].config.chain: required key "chain" is missing (expected a text that is not empty)',
      '6:9 sign-config.signers[0].config.endpoint: unknown key "endpoint" (known keys: key, chain, format, timestamp-url, timestamp-roots)',
      '7:9 sign-config.signers[0].config.secret: unknown key "secret" (known keys: key, chain, format, timestamp-url, timestamp-roots)',
    ],
  ],
  [
    'a signature envelope of an unknown form',
    'sign-config:\n  signers:\n    - {name: a, type: notation, config: {key: k, chain: c, format: pgp}}',
    ['3:68 sign-config.signers[0].config.format: expected one of "jws", "cose", got "pgp"'],
  ],
  [
    'a timestamping authority that is no address',
    'sign-config:\n  signers:\n    - {name: a, type: notation, config: {key: k, chain: c, timestamp-url: tsa}}',
    [
      '3:75 sign-config.signers[0].config.timestamp-url: expected an http or https address without credentials, got "tsa"',
    ],
  ],
  [
    'a timestamping authority without the roots that it leads to',
    'sign-config:\n  signers:\n    - {name: a, type: notation, config: {key: k, chain: c, timestamp-url: "https://t"}}',
    [
      '3:75 sign-config.signers[0].config.timestamp-url: "timestamp-roots" is missing (a timestamp is worth what its authority is: name both, or none)',
    ],
  ],
  [
    'a signature that is looked for and has nothing to be judged by',
    `sign-config:${oneSigner.replace('    config:', '    config:\n        read-back: true')}`,
    [
      '6:20 sign-config.signers[0].config.read-back: nothing says whose signatures to look for (set "trust.directory", which says whose signatures count, or leave "read-back" out)',
    ],
  ],
  [
    'a chain for cosign, which needs none',
    'sign-config:\n  signers:\n    - {name: a, type: cosign, config: {key: k, chain: c}}',
    ['3:48 sign-config.signers[0].config.chain: unknown key "chain" (known keys: key, public-key)'],
  ],
  [
    'keys to trust that are one text',
    'trust: {cosign-keys: key.pub}',
    ['1:22 trust.cosign-keys: expected a list of PEM files, got "key.pub"'],
  ],
  [
    'a signer without an endpoint',
    `sign-config:${oneSigner.replace(/ +endpoint.*\n/, '')}`,
    [
      '5:7 sign-config.signers[0].config.endpoint: required key "endpoint" is missing (expected an https address without credentials)',
    ],
  ],
  [
    'an endpoint with credentials, which are not repeated',
    `sign-config:${oneSigner.replace('https://', 'https://me:hunter2@')}`,
    [
      '6:19 sign-config.signers[0].config.endpoint: expected an https address without credentials, got "https://…@sign.example.com/sign"',
    ],
  ],
  [
    'a plain endpoint that is not on this machine',
    `sign-config:${oneSigner.replace('https://', 'http://')}`,
    [
      '6:19 sign-config.signers[0].config.endpoint: expected an https address without credentials, got "http://sign.example.com/sign"',
    ],
  ],
  [
    'a job type of nobody',
    `sign-config:${oneSigner.replace('      config', '      job-type: [push]\n      config')}`,
    [
      '5:18 sign-config.signers[0].job-type[0]: expected one of "presubmit", "postsubmit", "merge_group", "workflow_dispatch", "schedule", got "push"',
    ],
  ],
  [
    'a signer that is enabled but not defined',
    `sign-config:\n  enabled-signers:\n    '*': [b]${oneSigner}`,
    ['3:11 sign-config.enabled-signers["*"][0]: signer "b" is not defined (defined signers: a)'],
  ],
  [
    'signers enabled for something that is no repository',
    `sign-config:\n  enabled-signers:\n    kyma: []`,
    ['3:5 sign-config.enabled-signers.kyma: expected "*" or a repository as owner/name, got "kyma"'],
  ],
  [
    'signers that are no list',
    `sign-config:\n  enabled-signers:\n    a/b: c`,
    ['3:10 sign-config.enabled-signers["a/b"]: expected a list of signer names, got "c"'],
  ],
  [
    'a retry that never ends',
    `ado-config:\n  ado-organization-url: https://dev.example.com/o\n  ado-project-name: ''\n  ado-pipeline-id: 0\n  ado-retry-strategy: {attempts: 0, delay: 5}\n  ado-refresh-interval: 15`,
    [
      '3:21 ado-config.ado-project-name: expected a text that is not empty, got ""',
      '4:20 ado-config.ado-pipeline-id: expected a whole number from 1 to 2147483647, got 0',
      '5:34 ado-config.ado-retry-strategy.attempts: expected a whole number from 1 to 100, got 0',
      '5:44 ado-config.ado-retry-strategy.delay: expected a duration such as "30s" or "1h30m", got 5 (add a unit: 5s, 5m or 5h)',
      `6:25 ado-config.ado-refresh-interval: expected ${durationRule}, got 15 (add a unit: 15s, 15m or 15h)`,
    ],
  ],
  [
    'a key given twice, and what else is wrong',
    'registry: r.io/a\nregistry: r.io/b\nsbom: 1',
    [
      '2:1 key "registry" is given twice (it stands on line 1 already)',
      '3:7 sbom: expected true, false or the image of a generator, got 1',
    ],
  ],
  ['a list', '- registry', ['1:1 expected a mapping of settings, got a list (write "name: value" lines)']],
  [
    'a single word',
    '\nregistry',
    ['2:1 expected a mapping of settings, got a single value (write "name: value" lines)'],
  ],
  [
    'a tab as indentation',
    'cache:\n\tenabled: true',
    ['2:1 a tab is used as indentation (indent with spaces)'],
  ],
  [
    'two documents',
    'sbom: true\n---\nsbom: false',
    ['2:1 the file holds more than one YAML document (remove the "---" line and what follows)'],
  ],
  ['a key that is no text', '[a]: x', ['1:1 a key is not plain text (put quotes around the key)']],
];

describe('a configuration that is wrong', () => {
  test.each(badConfigs)('is refused for %s', async (_, text, problems) => {
    expect((await problemsOf(text)).map(printed)).toEqual(problems);
  });

  test('is refused with a message that names the file and counts the problems', async () => {
    const failure = load('sbom: 1\nregistri: x');
    await expect(failure).rejects.toThrow('configuration "c.yaml" is invalid: 2 problems');
    expect((await problemsOf('sbom: 1')).map(({ source }) => source)).toEqual(['c.yaml']);
  });

  test('shows the first hundred of very many problems', async () => {
    const text = Array.from({ length: 5000 }, (_, index) => `unknown-key-${index}: 1`).join('\n');
    const problems = (await problemsOf(text)).map(printed);
    expect(problems).toHaveLength(101);
    expect(problems[0]).toBe('there are more than 100 problems; these are the first');
    expect(problems[1]).toMatch(/^1:1 unknown-key-0: /);
  });

  test('is found out through an alias, at the place where the alias stands', async () => {
    const text = 'default-pr-tag: &tag {value: v}\ndefault-commit-tag: *tag';
    expect((await problemsOf(text)).map(printed)).toEqual([
      '1:1 default-pr-tag.validation: required key "validation" is missing (expected a pattern such as "^PR-[0-9]+$")',
      '2:1 default-commit-tag.validation: required key "validation" is missing (expected a pattern such as "^PR-[0-9]+$")',
    ]);
  });
});
