import { describe, expect, test } from 'vitest';
import type { Advice } from '../src/advice/index.ts';
import { commands } from '../src/cli/commands.ts';
import { commandHelp, mainHelp } from '../src/cli/help.ts';
import { printPlan } from '../src/cli/print-plan.ts';
import type { FoundMounts } from '../src/dockerfile/index.ts';
import type { BuildPlan } from '../src/plan/index.ts';
import { type BuildReport, summarizeReport } from '../src/report/index.ts';

const digest = `sha256:${'c0ffee00'.repeat(8)}`;

const report: BuildReport = {
  version: 1,
  status: 'Succeeded',
  pushed: true,
  signed: false,
  resumed: false,
  image_name: 'team/app',
  images_list: ['reg.example/dev/team/app:PR-7', 'reg.example/dev/team/app:v1.2.3'],
  digest,
  tags: ['PR-7', 'v1.2.3'],
  repository_path: 'reg.example/dev/',
  architectures: ['linux/arm64', 'linux/amd64'],
  repositories: [
    {
      repository: 'reg.example/dev/team/app',
      pull_repository: 'reg.example/dev/team/app',
      state: 'tagged',
      uploaded_bytes: 1_234_567,
      seconds: 2.5,
    },
    {
      repository: 'mirror.example/dev/team/app',
      pull_repository: 'mirror.example/dev/team/app',
      state: 'tagged',
      uploaded_bytes: 0,
      seconds: 0.1,
    },
  ],
  platforms: [
    { platform: 'linux/arm64', digest, size: 45_600_000, seconds: 75, steps: 7, cached_steps: 2 },
    { platform: 'linux/amd64', digest, size: 44_100_000, seconds: 12.34, steps: 7, cached_steps: 7 },
  ],
  signatures: [],
  source: {
    event: 'pull_request_target',
    repository: 'team/app',
    commit: 'a'.repeat(40),
    pull_request: 7,
    dirty: false,
  },
  started: '2021-09-30T12:00:00Z',
  seconds: 91.2,
  timings: [
    { stage: 'build', seconds: 80 },
    { stage: 'push', seconds: 10 },
    { stage: 'tag', seconds: 1.2 },
  ],
  slowest_steps: [],
  warnings: [],
};

const cacheOf = (group: string) => ({
  import: [`reg.example/cache/trusted/team/app:${group}`],
  export: `reg.example/cache/trusted/team/app:${group}`,
  mounts: {
    read: [`reg.example/cache/trusted/team/app:${group}-mount`],
    write: `reg.example/cache/trusted/team/app:${group}-mount`,
    namespace: 'trusted/team/app',
    maxBytes: 2_147_483_648,
    helperImage: 'docker.io/library/debian:stable-slim',
  },
});

const plan: BuildPlan = {
  version: 1,
  source: {
    event: 'push',
    repository: 'team/app',
    commit: 'a'.repeat(40),
    ref: 'refs/heads/main',
    dirty: false,
  },
  image: { name: 'team/app', dockerfile: 'images/app/Dockerfile', context: '.', target: 'release' },
  platforms: ['linux/arm64', 'linux/amd64'],
  nodes: [
    {
      ...{ name: 'arm', builder: 'arm-1', platforms: ['linux/arm64'] },
      reason: 'it runs linux/arm64 natively',
      cache: cacheOf('linux-arm64'),
    },
    {
      ...{ name: 'default', platforms: ['linux/amd64'] },
      reason: 'no node runs linux/amd64 natively',
      cache: cacheOf('linux-amd64'),
    },
  ],
  cacheLogin: { registry: 'reg.example', username: 'cache-trusted', tokenVariable: 'CACHE_TRUSTED' },
  buildArgs: [
    ['BUILD_COMMIT_SHA', 'a'.repeat(40)],
    ['LDFLAGS', `-X ${'long '.repeat(40)}`],
    ['LINES', 'one\ntwo'],
  ],
  buildContexts: [['shared', 'lib']],
  secrets: [
    { id: 'token', kind: 'environment', variable: 'TOKEN' },
    { id: 'npmrc', kind: 'file', path: '.npmrc' },
    { id: 'go-netrc', kind: 'go-modules' },
  ],
  labels: {
    'org.opencontainers.image.title': 'team/app',
    'org.opencontainers.image.created': '2021-09-30T12:00:00Z',
  },
  tags: [
    { name: 'default_tag', value: 'v20210930-aaaaaaa' },
    { name: 'release', value: 'v1.2.3' },
  ],
  destinations: [
    {
      push: { registry: 'reg.example', path: 'locked/team/app' },
      pull: { registry: 'reg.example', path: 'restricted/team/app' },
    },
  ],
  policy: {
    kind: 'allowed',
    rule: 'releases',
    destinationsFrom: 'restricted-registry',
    bases: {
      only: { rule: 'releases', places: ['docker.io/library', 'reg.example/base'] },
      restricted: { places: ['reg.example/licensed'], openTo: 'reg.example/locked/team/app' },
    },
    builderNodes: ['arm', 'x86'],
  },
  signing: { kind: 'signed-by', signers: ['signify-prod'] },
  attestations: { provenance: 'off', sbom: false },
  compression: 'gzip',
  sourceDateEpoch: 1_633_003_200,
  noCache: false,
  reuse: {
    ...{ epoch: '', perCommitArgs: ['BUILD_COMMIT_SHA'], vouchers: ['embedded'] },
    obstacle: { reason: 'uses build argument "BUILD_COMMIT_SHA", which changes with every commit', line: 3 },
  },
  timeouts: { build: 7200, publish: 1800 },
  created: '2021-09-30T12:00:00Z',
};

const advice: readonly Advice[] = [
  {
    rule: 'go-build-a',
    file: 'images/app/Dockerfile',
    line: 11,
    message: '"-a" makes Go compile everything again, whatever its cache has: leave it out',
    saves: 'with a warm cache 640 packages took 0.5 s without it, and 47 s with it',
  },
  {
    rule: 'sources-before-dependencies',
    file: 'images/app/Dockerfile',
    line: 14,
    message: '"npm ci" in line 15 fetches everything again after a change of any file',
  },
];

const found: FoundMounts = {
  mounts: [
    { id: '/root/.cache/go-build', target: '/root/.cache/go-build', sharing: 'shared', line: 7 },
    {
      ...{ id: '/root/.m2', target: '/root/.m2', sharing: 'shared', line: 9 },
      from: { untrustedImage: 'reg.example/m2:1', platform: 'linux/amd64', source: '/m2' },
    },
    { id: 'npm', target: '/npm', sharing: 'locked', line: 12, owner: { uid: 1000, gid: 1000, mode: 0o755 } },
  ],
  unclear: [{ line: 15, reason: 'begins with the content of "base", which is the engine\'s to tell' }],
};
const [arm, amd] = plan.nodes;
const mounts = [arm, amd].flatMap((node) => (node === undefined ? [] : [{ node, found }]));
const outOfReach = 'builder "arm-1" was made without "--driver-opt network=host"';

/** The texts as files, reviewed as diffs; `npx vitest run -u test/golden.test.ts` writes them. */
describe('what people read stays as it was reviewed', () => {
  test('the help', async () => {
    const texts = [mainHelp(), ...commands.map((command) => commandHelp(command, 100))];
    await expect(texts.join('\n----\n\n')).toMatchFileSnapshot('golden/help.golden.txt');
  });

  test('the plan', async () => {
    const reached = mounts.map((each) => (each.node === arm ? { ...each, outOfReach } : each));
    await expect(printPlan(plan, { advice, mounts: reached })).toMatchFileSnapshot('golden/plan.golden.txt');
  });

  test('what a plan says of images of earlier builds', () => {
    const reuse = { epoch: '', perCommitArgs: [], vouchers: ['embedded', 'other'] };
    const said = (change: object) =>
      /^reuse +(.*)$/m.exec(
        printPlan({ ...plan, reuse: { ...reuse, ...change } }, { advice: [], mounts: [] }),
      )?.[1];
    expect([
      said({}),
      said({ anew: '--no-cache' }),
      said({ obstacle: { reason: 'it is not signed' } }),
    ]).toEqual([
      'an image of the same inputs that embedded and other signed, instead of another build',
      'no: --no-cache; a later build may go on with this image',
      'no: it is not signed',
    ]);
  });

  test('the summary of a build that succeeded, and of one that did not', async () => {
    const failed: BuildReport = {
      ...report,
      status: 'Failed',
      pushed: false,
      images_list: [],
      repositories: report.repositories.map((each, at) => ({
        ...each,
        state: at === 0 ? 'pushed' : 'missing',
      })),
    };
    const cancelled: BuildReport = {
      ...failed,
      status: 'Canceled',
      digest: '',
      platforms: [],
      repositories: [],
      timings: [{ stage: 'build', seconds: 3 }],
    };
    const made = {
      repository: 'reg.example/dev/team/app',
      digest,
      kind: 'notation',
      reused: false,
      state: 'verified',
    } as const;
    const signed: BuildReport = {
      ...report,
      signatures: [
        { ...made, signer: 'embedded', signed_by: 'C=DE, ST=BW, O=Team, CN=ci' },
        { ...made, signer: 'embedded', platform: 'linux/arm64' },
        { ...made, signer: 'signify', kind: 'notary', state: 'requested' },
      ],
    };
    const from = { commit: 'b'.repeat(40), run: '4700', created: '2021-09-29T12:00:00Z' };
    const reused: BuildReport = { ...report, reuse: { state: 'reused', fingerprint: digest, from } };
    const texts = [report, signed, failed, cancelled, reused].map(summarizeReport);
    await expect(texts.join('\n----\n\n')).toMatchFileSnapshot('golden/summary.golden.txt');
  });
});
