import { expect, test } from 'vitest';
import { buildArguments } from './build-arguments.ts';
import type { BuildJob } from './build-job.ts';

const plain: BuildJob = {
  checkoutDir: '/src',
  contextDir: '/src',
  dockerfilePath: '/src/Dockerfile',
  platforms: ['linux/amd64'],
  buildArgs: [],
  labels: {},
  annotations: {},
  secrets: [],
  namedContexts: [],
  cacheFrom: [],
  cacheTo: [],
  provenance: 'off',
  sbom: false,
  compression: 'gzip',
  noCache: false,
  rewriteTimestamp: false,
  outputDir: '/out',
  metadataPath: '/metadata.json',
};

const full: BuildJob = {
  ...plain,
  dockerfilePath: '/src/images/tool/Dockerfile',
  target: 'final',
  platforms: ['linux/amd64', 'linux/arm64'],
  buildArgs: [
    ['BUILD_COMMIT_SHA', '0123456'],
    ['QUOTED', 'a,b="c"\nd'],
    ['EMPTY', ''],
  ],
  labels: { 'org.opencontainers.image.title': 'tool, the' },
  annotations: { 'org.opencontainers.image.revision': '0123456', note: 'a=b,c' },
  secrets: [
    { id: 'token', env: 'TOKEN' },
    { id: 'key', src: '/keys/a,b "c".pem' },
  ],
  namedContexts: [['shared', '/src/shared']],
  cacheFrom: ['registry.example/cache:main'],
  cacheTo: ['registry.example/cache:branch'],
  provenance: 'max',
  sbom: 'registry.example/scanner:1',
  compression: 'zstd',
  noCache: true,
  sourceDateEpoch: 1_700_000_000,
  rewriteTimestamp: true,
  builder: 'fast',
  outputDir: '/out/a,b "c"',
};

test.each([
  ['plain', plain],
  ['full', full],
])('the arguments of a %s job are the golden ones', async (name, job) => {
  const printed = buildArguments(job).map((argument) => JSON.stringify(argument));
  await expect(`${printed.join('\n')}\n`).toMatchFileSnapshot(`build-arguments.${name}.golden.txt`);
});

test.each([
  ['one platform alone has no index', {}, 'manifest:k=v'],
  ['two platforms have one', { platforms: ['linux/amd64', 'linux/arm64'] }, 'index,manifest:k=v'],
  ['provenance makes one', { provenance: 'min' }, 'index,manifest:k=v'],
  ['an SBOM makes one', { sbom: true }, 'index,manifest:k=v'],
] as const)('annotations: %s', (_title, change, expected) => {
  const args = buildArguments({ ...plain, ...change, annotations: { k: 'v' } });
  expect(args[args.indexOf('--annotation') + 1]).toBe(expected);
});

test('a context that looks like a flag stays a context', () => {
  expect(buildArguments({ ...plain, contextDir: '--allow=x' }).slice(-2)).toEqual(['--', '--allow=x']);
});

test('the value of a secret can never be among the arguments', () => {
  const job: BuildJob = { ...plain, secrets: [{ id: 'token', env: 'TOKEN' }] };
  expect(buildArguments(job)).toContain('type=env,id=token,env=TOKEN');
});
