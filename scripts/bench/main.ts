// Measures our whole command against what people type today, side by side in one run, and writes docs/performance.md.
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { startWorkbench, type Workbench } from '../workbench/index.ts';
import { type Contestant, duel } from './measure.ts';
import { type Comparison, performanceMarkdown } from './performance-markdown.ts';

const root = join(import.meta.dirname, '../..');
const cli = join(root, 'dist/cli.js');
const platforms = 'linux/amd64,linux/arm64';
const megabyte = 1_000_000;

const say = (line: string) => process.stderr.write(`${line}\n`);

async function startUp(folder: string): Promise<Comparison[]> {
  const node = (name: string, ...args: string[]): Contestant => ({
    name,
    command: ['node', ...args],
    cwd: folder,
    env: {},
  });
  const ours = [
    node('image-builder --version', cli, '--version'),
    node('image-builder build --help', cli, 'build', '--help'),
    node('image-builder plan', cli, 'plan', '--platform', 'linux/amd64'),
  ];
  const [empty, ...figures] = await duel({
    contestants: [node('node -e 0', '-e', '0'), ...ours],
    rounds: 21,
  });
  if (empty === undefined) throw new Error('nothing was measured');
  return ours.map(({ name }, at) => ({
    what: name,
    against: 'node -e 0',
    ours: figures[at] ?? empty,
    theirs: empty,
  }));
}

interface Workload {
  readonly name: string;
  readonly rounds: number;
  /** Files with new content before each run, in megabytes. */
  readonly sizes: readonly number[];
  readonly dockerfile: (base: string) => string;
  readonly repositories: number;
}

const workloads: readonly Workload[] = [
  {
    name: 'two platforms, emulated RUN, one repository',
    rounds: 7,
    sizes: [1],
    repositories: 1,
    dockerfile: (base) => `FROM ${base}\nCOPY data-* /\nRUN uname -m > /machine\n`,
  },
  {
    name: 'two platforms, emulated RUN, ten repositories',
    rounds: 5,
    sizes: [1],
    repositories: 10,
    dockerfile: (base) => `FROM ${base}\nCOPY data-* /\nRUN uname -m > /machine\n`,
  },
  {
    name: 'one platform, 300 MB in 6 layers, one repository',
    rounds: 5,
    sizes: [50, 50, 50, 50, 50, 50],
    repositories: 1,
    dockerfile: (base) => `FROM ${base}\n${[0, 1, 2, 3, 4, 5].map((n) => `COPY data-${n} /`).join('\n')}\n`,
  },
];

async function whole(workload: Workload, workbench: Workbench): Promise<Comparison> {
  const folder = await checkout(workload.dockerfile(`${workbench.registry}/base/busybox:latest`));
  const chosen = workload.sizes.length > 1 ? 'linux/amd64' : platforms;
  const places = Array.from(
    { length: workload.repositories },
    (_, at) => `${workbench.registry}/bench-${at}`,
  );
  const tags = places.flatMap((place) => ['--tag', `${place}/plain:latest`]);
  const repositories = places.flatMap((place) => ['--registry', place]);
  const contestants = [
    {
      name: 'ours',
      command: ['node', cli, 'build', '--name', 'ours', '--platform', chosen, ...repositories],
    },
    {
      name: 'docker buildx build --push',
      command: [workbench.tool('docker'), 'buildx', 'build', '--push', '--platform', chosen, ...tags, '.'],
    },
  ].map((each) => ({ ...each, cwd: folder, env: workbench.env }));
  const prepare = async () => {
    for (const [at, size] of workload.sizes.entries())
      await writeFile(join(folder, `data-${at}`), randomBytes(size * megabyte));
  };
  const [ours, theirs] = await duel({ contestants, rounds: workload.rounds, prepare });
  await rm(folder, { recursive: true });
  if (ours === undefined || theirs === undefined) throw new Error('nothing was measured');
  return { what: workload.name, against: 'docker buildx build --push', ours, theirs };
}

async function checkout(dockerfile: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'image-builder-bench-'));
  await writeFile(join(folder, 'Dockerfile'), dockerfile);
  const git = (...args: string[]) =>
    execFileSync('git', ['-c', 'user.name=b', '-c', 'user.email=b@example.com', ...args], { cwd: folder });
  git('init', '--quiet');
  git('add', '.');
  git('commit', '--quiet', '-m', 'bench');
  return folder;
}

execFileSync('node', ['scripts/build.ts'], { cwd: root, stdio: 'inherit' });
const idle = await checkout('FROM scratch\n');
say('start-up');
const starts = await startUp(idle);
await rm(idle, { recursive: true });
const builds: Comparison[] = [];
const workbench = await startWorkbench({ fresh: true, log: say });
try {
  for (const workload of workloads) {
    say(workload.name);
    builds.push(await whole(workload, workbench));
  }
} finally {
  await workbench.stop();
}
const machine = `${cpus().length} cores (${cpus()[0]?.model.trim()}), Node ${process.versions.node}`;
const markdown = performanceMarkdown({ starts, builds, machine, date: new Date() });
await writeFile(join(root, 'docs/performance.md'), markdown);
process.stdout.write(markdown);
