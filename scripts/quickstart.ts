// The main job in front of your eyes: builds the sample in examples/quickstart for two platforms with a real BuildKit,
// pushes it to two repositories of a real registry, has it signed by a signing service, lets independent tools judge
// the result, and leaves nothing running. What the machine lacks is brought by the workbench.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { openSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import type { BuildReport } from '../src/report/index.ts';
import { runStep } from './run-step.ts';
import { startWorkbench, type Workbench, WorkbenchError } from './workbench/index.ts';

const root = join(import.meta.dirname, '..');
const cli = join(root, 'dist/cli.js');
const sample = 'examples/quickstart';
const name = 'quickstart/hello';
const work = '.cache/quickstart';
const reportPath = `${work}/report.json`;
const configPath = `${work}/image-builder.yaml`;

const stopping = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
  process.once(signal, () => stopping.abort(signal));

const say = (line: string) => process.stderr.write(`${line}\n`);

type Command = readonly string[];

/** Runs a command in front of the user and resolves with its exit code. */
function show(command: Command, workbench: Workbench, more: NodeJS.ProcessEnv = {}): Promise<number> {
  const variables = Object.entries(more).map(
    ([variable, value]) => `${variable}=${value?.replace(root, '$PWD')} `,
  );
  say(`\n$ ${variables.join('')}${command.join(' ')}`.replaceAll(`${root}/`, ''));
  const [file = '', ...args] = command;
  return new Promise((resolve) => {
    const env = { ...process.env, ...workbench.env, ...more };
    const child = spawn(file, args, { cwd: root, env, stdio: 'inherit' });
    const pass = () => process.stdin.isTTY || child.kill('SIGINT');
    stopping.signal.addEventListener('abort', pass);
    child.on('error', () => resolve(127));
    child.on('close', (code) => {
      stopping.signal.removeEventListener('abort', pass);
      resolve(code ?? 130);
    });
  });
}

/** One after the other; stops at the first that fails and resolves with its exit code. */
async function showAll(
  commands: readonly Command[],
  workbench: Workbench,
  more?: NodeJS.ProcessEnv,
): Promise<number> {
  for (const command of commands) {
    const exitCode = await show(command, workbench, more);
    if (exitCode !== 0) return exitCode;
  }
  return 0;
}

const parentsOf = ({ registry }: Workbench) => [`${registry}/prod`, `${registry}/mirror`];

/** The command that a user would type, with the registry of this run. */
function buildCommand(workbench: Workbench): Command {
  const platforms = workbench.emulation ? [] : ['--platform', 'linux/amd64'];
  if (!workbench.emulation)
    say('this machine cannot run foreign programs (no binfmt_misc), so one platform is built');
  return [
    ...['node', cli, 'build', '--name', name, '--event', 'workflow_dispatch', '--config', configPath],
    ...['--dockerfile', `${sample}/Dockerfile`, '--context', sample],
    ...['--build-arg', `BASE=${workbench.registry}/base/busybox:latest`],
    ...parentsOf(workbench).flatMap((parent) => ['--registry', parent]),
    ...[...platforms, '--build-report-path', reportPath],
  ];
}

/** Makes keys and, from the sample and what `keys create` wrote, the configuration of the build. */
async function makeKeys(workbench: Workbench): Promise<number> {
  const keys = join(root, work, 'keys');
  await rm(keys, { recursive: true, force: true });
  const repositories = parentsOf(workbench).flatMap((parent) => ['--repository', `${parent}/${name}`]);
  const port = ['--port', `${await freePort()}`];
  const exitCode = await show(['node', cli, 'keys', 'create', keys, ...port, ...repositories], workbench);
  if (exitCode !== 0) return exitCode;
  const parts = [join(root, sample, 'image-builder.yaml'), join(keys, 'sign-config.yaml')];
  const texts = await Promise.all(parts.map((part) => readFile(part, 'utf8')));
  await writeFile(join(root, configPath), texts.join(''));
  return 0;
}

interface Service {
  stop(): Promise<void>;
}

/** Resolves when the signing service takes requests; rejects when it ends before. */
async function startService(workbench: Workbench): Promise<Service> {
  const command = [cli, 'signing-service', '--config', `${work}/keys/signing-service.yaml`];
  const log = `${work}/signing-service.log`;
  say(`\n$ node ${command.join(' ').replaceAll(`${root}/`, '')} > ${log} &`);
  const output = openSync(join(root, log), 'w');
  const env = { ...process.env, ...workbench.env };
  const child = spawn('node', command, { cwd: root, env, stdio: ['ignore', output, 'pipe'] });
  const ended = new Promise<void>((resolve) => child.on('close', () => resolve()));
  const started = new Promise<boolean>((resolve) => {
    child.stderr?.once('data', () => resolve(true));
    ended.then(() => resolve(false));
  });
  child.stderr?.on('data', (text) => process.stderr.write(text));
  if (!(await started)) throw new Error('the signing service did not start');
  return {
    stop: () => {
      child.kill('SIGTERM');
      return ended;
    },
  };
}

/** Independent tools read back what the build says that it did. */
async function judge(workbench: Workbench): Promise<number> {
  const report = JSON.parse(await readFile(join(root, reportPath), 'utf8')) as BuildReport;
  const { images_list: images, architectures } = report;
  say('\ncrane reads every manifest and layer of each platform back from both repositories:');
  const crane = [workbench.tool('crane'), 'validate', '--remote'];
  const layers = images.flatMap((image) =>
    architectures.map((platform) => [...crane, image, '--platform', platform]),
  );
  const read = await showAll(layers, workbench);
  if (read !== 0) return read;
  say('\nWhoever uses the image verifies its signature, with image-builder or with notation:');
  const ours = await show(['node', cli, 'verify', '--config', configPath, ...images], workbench);
  if (ours !== 0) return ours;
  const byDigest = report.signatures.map(({ repository, digest }) => `${repository}@${digest}`);
  const notation = byDigest.map((image) => [workbench.tool('notation'), 'verify', image]);
  return showAll(notation, workbench, { XDG_CONFIG_HOME: join(root, work, 'keys') });
}

async function quickstart(workbench: Workbench): Promise<number> {
  await mkdir(join(root, work), { recursive: true });
  const made = await makeKeys(workbench);
  if (made !== 0) return made;
  const service = await startService(workbench);
  try {
    const built = await show(buildCommand(workbench), workbench);
    return built === 0 ? await judge(workbench) : built;
  } finally {
    await service.stop();
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}

const bundle = await runStep('bundle', ['node', 'scripts/build.ts']);
if (bundle.exitCode !== 0) {
  say(bundle.output);
  process.exit(1);
}
try {
  const workbench = await startWorkbench({ signal: stopping.signal, log: say, inMemory: true });
  try {
    process.exitCode = await quickstart(workbench);
  } finally {
    await workbench.stop();
  }
  const next =
    'Next, in a checkout of your own: npx image-builder plan, then npx image-builder build --registry …';
  if (process.exitCode === 0) say(`\nEngine, registry and signing service are stopped again. ${next}`);
} catch (error) {
  if (!(error instanceof WorkbenchError) && !stopping.signal.aborted) throw error;
  say(`quickstart: ${(error as Error).message}`);
  process.exitCode = stopping.signal.aborted ? 130 : 2;
}
