import type { BuildReport } from '../build-report.ts';

export const digest = `sha256:${'c0ffee00'.repeat(8)}`;
const commit = '0123456789abcdef0123456789abcdef01234567';

/** A build of two platforms for two repositories, which nobody signed. */
export const built: BuildReport = {
  version: 1,
  status: 'Succeeded',
  pushed: true,
  signed: false,
  resumed: false,
  image_name: 'team/app',
  images_list: [],
  digest,
  tags: ['v20210930-0123456', 'v1.2.3'],
  repository_path: 'reg.example/prod/',
  architectures: ['linux/arm64', 'linux/amd64'],
  repositories: ['reg.example/prod/team/app', 'mirror.example/prod/team/app'].map((repository) => ({
    repository,
    pull_repository: repository,
    state: 'tagged',
    uploaded_bytes: 1_234_567,
    seconds: 2.5,
  })),
  platforms: [
    { platform: 'linux/arm64', digest, size: 45_600_000, seconds: 75, steps: 7, cached_steps: 2 },
    { platform: 'linux/amd64', digest, size: 44_100_000, seconds: 12.34, steps: 7, cached_steps: 7 },
  ],
  signatures: [],
  source: {
    event: 'push',
    repository: 'team/app',
    commit,
    ref: 'refs/heads/main',
    dirty: false,
    url: 'https://github.example/team/app',
  },
  dockerfile: 'images/app/Dockerfile',
  policy_rule: 'releases',
  run: {
    backend: 'azure-devops',
    id: '4711',
    url: 'https://dev.azure.example/org/p/_build/results?buildId=4711',
  },
  started: '2021-09-30T12:00:00Z',
  seconds: 91.2,
  timings: [
    { stage: 'queue', seconds: 12 },
    { stage: 'run', seconds: 120 },
    { stage: 'build', seconds: 80 },
    { stage: 'push', seconds: 10 },
    { stage: 'tag', seconds: 1.2 },
  ],
  slowest_steps: [
    { name: 'builder 2/3 RUN make all | tee log', platform: 'linux/arm64', seconds: 70.5, after: 3.2 },
    { name: '2/2 COPY --from=builder /app /app', platform: 'linux/amd64', seconds: 1.5, after: 78 },
  ],
  warnings: [],
};
