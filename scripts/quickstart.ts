// The main job in front of your eyes: builds the sample in examples/quickstart for two platforms with a real BuildKit,
// pushes it to two repositories of a real registry, lets an independent tool judge the result, and leaves nothing
// running. What the machine lacks is brought by the workbench.
import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { BuildReport } from '../src/report/index.ts';
import { runStep } from './run-step.ts';
import { startWorkbench, type Workbench, WorkbenchError } from './workbench/index.ts';

const root = join(import.meta.dirname, '..');
const cli = join(root, 'dist/cli.js');
const sample = 'examples/quickstart';
const name = 'quickstart/hello';
const reportPath = '.cache/quickstart/report.json';

const stopping = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
  process.once(signal, () => stopping.abort(signal));

const say = (line: string) => process.stderr.write(`${line}\n`);

/** Runs a command in front of the user and resolves with its exit code. */
function show(command: readonly string[], workbench: Workbench): Promise<number> {
  say(`\n$ ${command.map((word) => word.replace(`${root}/`, '')).join(' ')}`);
  const [file = '', ...args] = command;
  return new Promise((resolve) => {
    const child = spawn(file, args, {
      cwd: root,
      env: { ...process.env, ...workbench.env },
      stdio: 'inherit',
    });
    const pass = () => process.stdin.isTTY || child.kill('SIGINT');
    stopping.signal.addEventListener('abort', pass);
    child.on('error', () => resolve(127));
    child.on('close', (code) => {
      stopping.signal.removeEventListener('abort', pass);
      resolve(code ?? 130);
    });
  });
}

/** The command that a user would type, with the registry of this run. */
function buildCommand(workbench: Workbench): readonly string[] {
  const platforms = workbench.emulation ? [] : ['--platform', 'linux/amd64'];
  if (!workbench.emulation)
    say('this machine cannot run foreign programs (no binfmt_misc), so one platform is built');
  return [
    ...['node', cli, 'build', '--name', name, '--config', `${sample}/image-builder.yaml`],
    ...['--dockerfile', `${sample}/Dockerfile`, '--context', sample],
    ...['--build-arg', `BASE=${workbench.registry}/base/busybox:latest`],
    ...[
      '--registry',
      `${workbench.registry}/dev`,
      '--registry',
      `${workbench.registry}/mirror`,
      ...platforms,
    ],
    ...['--build-report-path', reportPath],
  ];
}

async function quickstart(workbench: Workbench): Promise<number> {
  const built = await show(buildCommand(workbench), workbench);
  if (built !== 0) return built;
  say('\nAn independent tool reads every manifest and layer of each platform back from both repositories:');
  const report = JSON.parse(await readFile(join(root, reportPath), 'utf8')) as BuildReport;
  const images = report.images_list.flatMap((image) =>
    report.architectures.map((platform) => ({ image, platform })),
  );
  for (const { image, platform } of images) {
    const judge = [workbench.tool('crane'), 'validate', '--platform', platform, '--remote', image];
    const judged = await show(judge, workbench);
    if (judged !== 0) return judged;
  }
  return 0;
}

const bundle = await runStep('bundle', ['node', 'scripts/build.ts']);
if (bundle.exitCode !== 0) {
  say(bundle.output);
  process.exit(1);
}
try {
  const workbench = await startWorkbench({ signal: stopping.signal, log: say });
  try {
    process.exitCode = await quickstart(workbench);
  } finally {
    await workbench.stop();
  }
  const next =
    'Next, in a checkout of your own: npx image-builder plan, then npx image-builder build --registry …';
  if (process.exitCode === 0) say(`\nEngine and registry are stopped again. ${next}`);
} catch (error) {
  if (!(error instanceof WorkbenchError) && !stopping.signal.aborted) throw error;
  say(`quickstart: ${(error as Error).message}`);
  process.exitCode = stopping.signal.aborted ? 130 : 2;
}
