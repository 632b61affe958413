import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { digestOf, isImageTag } from '../../oci/index.ts';
import type { BuildPlan } from '../../plan/index.ts';
import type { BuildInputs } from './build-inputs.ts';
import { digestInputs, fingerprintOf, fingerprintTag } from './fingerprint.ts';

const plan = {
  version: 1,
  source: { event: 'push', repository: 'team/app', commit: 'a'.repeat(40), dirty: false, run: '7' },
  image: { name: 'app', dockerfile: 'Dockerfile', context: '.' },
  platforms: ['linux/amd64', 'linux/arm64'],
  nodes: [
    {
      ...{ name: 'default', platforms: ['linux/amd64', 'linux/arm64'], reason: 'there is one' },
      cache: { import: [] },
    },
  ],
  buildArgs: [
    ['BUILD_COMMIT_SHA', 'a'.repeat(40)],
    ['TAG_default_tag', 'v1'],
    ['A', '1'],
    ['B', '2'],
  ],
  buildContexts: [['lib', 'lib']],
  secrets: [],
  labels: {
    'org.opencontainers.image.created': 'then',
    'org.opencontainers.image.revision': 'a'.repeat(40),
    'org.opencontainers.image.source': 'https://github.com/team/app',
    'org.opencontainers.image.title': 'app',
    'org.opencontainers.image.version': 'v1',
  },
  tags: [{ name: 'default_tag', value: 'v1' }],
  destinations: [],
  signing: { kind: 'signed-by', signers: ['embedded'] },
  policy: { kind: 'allowed', rule: 'production', destinationsFrom: 'registry', bases: {} },
  attestations: { provenance: 'min', sbom: false },
  compression: 'gzip',
  noCache: false,
  reuse: { epoch: '', perCommitArgs: ['BUILD_COMMIT_SHA', 'TAG_default_tag'], vouchers: ['embedded'] },
  timeouts: { build: 1, publish: 1 },
  created: 'then',
} as const satisfies BuildPlan;

const inputs: BuildInputs = {
  files: { dockerfile: digestOf('d'), context: digestOf('c'), contexts: [['lib', digestOf('l')]] },
  images: [
    ['busybox', digestOf('b')],
    ['alpine:3', digestOf('a')],
  ],
  builder: 'buildkit v0.25.0 on linux/amd64',
};

const known = digestInputs(inputs);
const before = fingerprintOf(plan, known);
const { files } = inputs;

describe('a fingerprint', () => {
  test.each<[string, Partial<BuildPlan>]>([
    ['another commit', { source: { ...plan.source, commit: 'b'.repeat(40) } }],
    ['another run for another event', { source: { ...plan.source, run: '8', event: 'workflow_dispatch' } }],
    [
      'another time',
      { created: 'now', labels: { ...plan.labels, 'org.opencontainers.image.created': 'now' } },
    ],
    ['labels of another commit', { labels: { ...plan.labels, 'org.opencontainers.image.revision': 'b' } }],
    [
      'other tags',
      {
        tags: [{ name: 'default_tag', value: 'v2' }],
        labels: { ...plan.labels, 'org.opencontainers.image.version': 'v2' },
        buildArgs: plan.buildArgs.map(([name, value]) => [name, name.startsWith('TAG') ? 'v2' : value]),
      },
    ],
    ['build args in another order', { buildArgs: plan.buildArgs.toReversed() }],
    ['labels in another order', { labels: Object.fromEntries(Object.entries(plan.labels).reverse()) }],
    ['another cache', { nodes: [{ ...plan.nodes[0], cache: { import: ['x'], export: 'x' } }] }],
    ['the wish to build anew', { noCache: true }],
    ['other limits', { timeouts: { build: 2, publish: 2 } }],
  ])('does not change with %s', (_, change) => {
    expect(fingerprintOf({ ...plan, ...change }, known)).toBe(before);
  });

  test.each<[string, Partial<BuildPlan>]>([
    ['a build arg', { buildArgs: [...plan.buildArgs, ['C', '3']] }],
    [
      'the value of a build arg',
      {
        buildArgs: [
          ['A', '2'],
          ['B', '2'],
        ],
      },
    ],
    [
      'values that change places',
      {
        buildArgs: [
          ['A', '2'],
          ['B', '1'],
        ],
      },
    ],
    ['the target', { image: { ...plan.image, target: 'x' } }],
    ['the Dockerfile', { image: { ...plan.image, dockerfile: 'other' } }],
    ['the context', { image: { ...plan.image, context: 'other' } }],
    ['the name', { image: { ...plan.image, name: 'other' } }],
    ['a platform', { platforms: ['linux/amd64'] }],
    ['the order of platforms', { platforms: plan.platforms.toReversed() }],
    ['a label', { labels: { ...plan.labels, 'org.opencontainers.image.title': 'b' } }],
    ['the compression', { compression: 'zstd' }],
    ['the provenance', { attestations: { provenance: 'max', sbom: false } }],
    ['the SBOM', { attestations: { provenance: 'min', sbom: true } }],
    ['reproducibility', { sourceDateEpoch: 1 }],
    ['the epoch', { reuse: { ...plan.reuse, epoch: '2' } }],
    ['a pull request', { source: { ...plan.source, event: 'pull_request_target' } }],
    ['a merge that may never come', { source: { ...plan.source, event: 'merge_group' } }],
    ['the repository of the source', { source: { ...plan.source, repository: 'evil/app' } }],
    ['the rule of the policy', { policy: { ...plan.policy, rule: 'development' } }],
    ['no rule at all', { policy: { kind: 'allowed', destinationsFrom: 'registry', bases: {} } }],
    [
      'the bases that are allowed',
      { policy: { ...plan.policy, bases: { only: { rule: 'r', places: ['x'] } } } },
    ],
    [
      'the bases that are restricted',
      { policy: { ...plan.policy, bases: { restricted: { places: ['x'], openTo: 'y' } } } },
    ],
    ['the builder nodes that are allowed', { policy: { ...plan.policy, builderNodes: ['a'] } }],
    ['the signers', { signing: { kind: 'signed-by', signers: ['embedded', 'other'] } }],
    ['no signer', { signing: { kind: 'unsigned', reason: '' } }],
  ])('changes with %s', (_, change) => {
    expect(fingerprintOf({ ...plan, ...change }, known)).not.toBe(before);
  });

  test.each<[string, Partial<BuildInputs>]>([
    ['the text of the Dockerfile', { files: { ...files, dockerfile: digestOf('x') } }],
    ['the context', { files: { ...files, context: digestOf('x') } }],
    [
      'Dockerfile and context that change places',
      { files: { ...files, dockerfile: files.context, context: files.dockerfile } },
    ],
    ['a further context', { files: { ...files, contexts: [['lib', digestOf('x')]] } }],
    ['the name of a further context', { files: { ...files, contexts: [['lob', digestOf('l')]] } }],
    [
      'a base that moved',
      {
        images: [
          ['busybox', digestOf('x')],
          ['alpine:3', digestOf('a')],
        ],
      },
    ],
    [
      'bases that change places',
      {
        images: [
          ['busybox', digestOf('a')],
          ['alpine:3', digestOf('b')],
        ],
      },
    ],
    ['the builder', { builder: 'other' }],
  ])('changes with %s', (_, change) => {
    expect(fingerprintOf(plan, digestInputs({ ...inputs, ...change }))).not.toBe(before);
  });

  test('does not change with the order in which images were found', () => {
    expect(digestInputs({ ...inputs, images: inputs.images.toReversed() })).toBe(known);
  });

  test('is the same for the same build args, and another for others', () => {
    const args = fc.uniqueArray(fc.tuple(fc.constantFrom('A', 'B', 'AB', 'C'), fc.string()), {
      selector: ([name]) => name,
    });
    const sorted = (pairs: readonly (readonly [string, string])[]) => JSON.stringify(pairs.toSorted());
    fc.assert(
      fc.property(args, args, (some, others) => {
        const [one, other] = [some, others].map((buildArgs) => fingerprintOf({ ...plan, buildArgs }, known));
        expect(one === other).toBe(sorted(some) === sorted(others));
      }),
    );
  });

  test('has a tag that every registry takes', () => {
    expect(isImageTag(fingerprintTag(before))).toBe(true);
  });
});
