import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { inject, onTestFinished } from 'vitest';
import type { BuildReport } from '../../src/report/index.ts';
import { holdsSecret } from './stored-content.ts';

/**
 * What Node is given to run the built program: as users run it, but without the compilers of V8 that do not pay within a
 * second, and would be a tenth of all that the processor does in the journeys.
 */
export const program: readonly string[] = [
  ...['--no-sparkplug', '--no-maglev', '--no-opt'],
  join(import.meta.dirname, '../../dist/cli.js'),
];
const bench = inject('workbench');

export const { registry, compilerImage, transferImage } = bench;
/** Where programs of this file put their temporary files; those of others run at the same time. */
export const temporary = mkdtempSync(join(bench.temporary, 'file-'));
export const busybox = `${registry}/base/busybox:latest`;

export interface Ended {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
}

export interface Running {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
  /** Resolves when stderr holds this text. */
  saying(text: string): Promise<void>;
}

/** No run is one in a CI unless its test says so, wherever the tests run. */
const noCi = {
  CI: '',
  GITHUB_ACTIONS: '',
  TF_BUILD: '',
  BUILD_BUILDID: '',
  JENKINS_HOME: '',
  JENKINS_URL: '',
};

/** What no run of a journey may print. */
const secrets = new Set<string>();

/** From now on every run fails the test in which it prints this, as it is or in base64. */
export function keepSecret(secret: string): void {
  secrets.add(secret);
}

/** Whether any of the kept secrets stands in a text. */
export function tellsSecret(text: string): boolean {
  return [...secrets].some((secret) => holdsSecret(text, secret));
}

/** Starts the built program and goes on. */
export function start(args: readonly string[], { cwd, env = {} }: RunOptions): Running {
  const child = spawn(process.execPath, [...program, ...args], {
    cwd,
    env: {
      ...process.env,
      ...noCi,
      TMPDIR: temporary,
      ...bench.env,
      ...env,
    },
    stdio: 'pipe',
  });
  let [stdout, stderr] = ['', ''];
  const waiting = new Map<string, () => void>();
  child.stdout.on('data', (chunk) => {
    stdout += chunk;
  });
  child.stderr.on('data', (chunk) => {
    stderr += chunk;
    for (const [text, resolve] of waiting) if (stderr.includes(text)) resolve();
  });
  const ended = new Promise<Ended>((resolve, reject) =>
    child.on('close', (code) => {
      if (tellsSecret(stdout + stderr)) reject(new Error(`"${args.slice(0, 2).join(' ')}" printed a secret`));
      else resolve({ exitCode: code ?? -1, stdout, stderr });
    }),
  );
  const saying = (text: string) =>
    new Promise<void>((resolve, reject) => {
      if (stderr.includes(text)) resolve();
      waiting.set(text, resolve);
      ended.then(() => reject(new Error(`ended without saying "${text}":\n${stderr}`)));
    });
  return { child, ended, saying };
}

/** Runs the built program to its end. */
export function imageBuilder(args: readonly string[], options: RunOptions): Promise<Ended> {
  return start(args, options).ended;
}

/** Runs it and reads the report that `--json` prints, which must be there whatever the exit code. */
export async function build(
  args: readonly string[],
  options: RunOptions,
): Promise<Ended & { report: BuildReport }> {
  const ended = await imageBuilder(['build', '--json', ...args], options);
  if (ended.stdout === '') throw new Error(`no report on stdout, exit ${ended.exitCode}:\n${ended.stderr}`);
  return { ...ended, report: JSON.parse(ended.stdout) as BuildReport };
}

const run = promisify(execFile);

/** Asks an independent tool; throws when it says no. */
export async function crane(...args: string[]): Promise<string> {
  const { stdout } = await run(bench.crane, args, {
    env: { ...process.env, ...bench.env },
    maxBuffer: 1e8,
    timeout: 60_000,
  });
  return stdout.trim();
}

/** The layers of an image or of a cache; flags are those of `crane manifest`. */
export async function layersOf(
  reference: string,
  ...flags: readonly string[]
): Promise<readonly { readonly digest: string; readonly mediaType: string }[]> {
  return JSON.parse(await crane('manifest', ...flags, reference)).layers;
}

/** Runs docker against the engine of the journeys. */
export async function docker(...args: string[]): Promise<string> {
  const { stdout } = await run(bench.docker, args, {
    env: { ...process.env, ...bench.env },
    maxBuffer: 1e8,
    timeout: 60_000,
  });
  return stdout.trim();
}

/** A git checkout with these files in one commit; gone after the test. */
export async function checkout(files: Readonly<Record<string, string>>): Promise<string> {
  const folder = temporaryFolder();
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
  const steps = [
    'init --quiet --template= --initial-branch=main',
    'remote add origin https://github.com/team/app.git',
    'add --all',
    'commit --quiet -m first',
  ];
  // One process, a shell: this one is large, and takes as long to start another as a shell takes for all of them.
  const git = 'git -c user.name=t -c user.email=t@example.com';
  await run('sh', ['-c', steps.map((step) => `${git} ${step}`).join(' && ')], { cwd: folder });
  return folder;
}

/** A Docker configuration like that of the journeys, with these logins. */
export function dockerConfigWith(auths: Readonly<Record<string, { readonly auth: string }>>): string {
  for (const { auth } of Object.values(auths)) keepSecret(auth);
  const folder = temporaryFolder();
  cpSync(bench.env.DOCKER_CONFIG ?? '', folder, { recursive: true, verbatimSymlinks: true });
  writeFileSync(join(folder, 'config.json'), JSON.stringify({ auths }));
  return folder;
}

/** A folder that is gone after the test. */
export function temporaryFolder(): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'image-builder-journey-')));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A name that no other test pushes to. */
export function uniqueName(word: string): string {
  return `${word}-${process.pid}-${Date.now().toString(36)}-${Math.random().toString(36).slice(2, 8)}`;
}
