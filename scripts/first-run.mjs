#!/usr/bin/env node
// What every command of the README starts with. Runs on whatever Node the machine has, uses nothing but Node's own
// modules, installs what is missing, then hands over to the script itself on the Node of the project.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const binaries = join(root, 'node_modules', '.bin');
const stampFile = join(root, 'node_modules', '.image-builder-installed');
const installMinutes = 10;

const scripts = {
  bench: 'scripts/bench/main.ts',
  quickstart: 'scripts/quickstart.ts',
  test: 'scripts/test.ts',
  workbench: 'scripts/workbench/main.ts',
};

/** The lock file decides: a checkout that moved to another one is installed anew. */
function wantedStamp() {
  return createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex');
}

function installed() {
  return existsSync(stampFile) && readFileSync(stampFile, 'utf8') === wantedStamp();
}

/**
 * `npm install` rather than `npm ci`: ci refuses a lock file made where a registry lacks the optional binaries of
 * other platforms. The lock file's versions and integrity sums hold either way, and --no-save keeps it as it is.
 */
function install() {
  process.stderr.write('first run: installing packages (about half a minute)\n');
  const args = ['install', '--no-save', '--no-audit', '--no-fund', '--loglevel=error'];
  const result = spawnSync('npm', args, {
    cwd: root,
    stdio: ['ignore', 'ignore', 'inherit'],
    timeout: installMinutes * 60_000,
    shell: process.platform === 'win32',
  });
  if (result.signal === 'SIGINT') process.exit(130);
  if (result.status !== 0) {
    process.stderr.write('first run: npm install failed; check the network and run the command again\n');
    process.exit(result.status ?? 5);
  }
  mkdirSync(dirname(stampFile), { recursive: true });
  writeFileSync(stampFile, wantedStamp());
}

/** Runs a script on the project's Node, passes signals on, ends as it ends. */
function handOver(script, args) {
  const env = { ...process.env, PATH: `${binaries}:${process.env.PATH ?? ''}` };
  const child = spawn(join(binaries, 'node'), [join(root, script), ...args], {
    cwd: root,
    env,
    stdio: 'inherit',
  });
  // A terminal sends Ctrl-C to the child as well; sending it twice would read as "now, at once".
  process.on('SIGINT', () => process.stdin.isTTY || child.kill('SIGINT'));
  for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('exit', (code, signal) => process.exit(signal === null ? (code ?? 1) : 130));
  child.on('error', (error) => {
    process.stderr.write(`first run: cannot start ${script}: ${error.message}\n`);
    process.exit(1);
  });
}

const [name = '', ...args] = process.argv.slice(2);
const script = scripts[name];
if (script === undefined) {
  process.stderr.write(`usage: node scripts/first-run.mjs ${Object.keys(scripts).join('|')}\n`);
  process.exit(2);
}
if (!installed()) install();
handOver(script, args);
