import { execFile, execFileSync } from 'node:child_process';
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { inject } from 'vitest';
import { type FreshEngine, startFreshEngine } from '../../scripts/workbench/index.ts';

const bench = inject('workbench');

/** An agent of one's own that was made a second ago. Whoever asks for it stops it. */
export function startMachine(): Promise<FreshEngine> {
  return startFreshEngine({ root: process.env.WORKBENCH_ROOT, inMemory: true });
}

/** Leaves a machine as if it had never built anything, which is quicker than another one. */
export async function forget({ env }: FreshEngine): Promise<void> {
  await promisify(execFile)(bench.docker, ['builder', 'prune', '--all', '--force'], {
    env: { ...process.env, ...env },
  });
}

/** The environment in which docker knows these engines as contexts of these names. */
export function dockerContexts(
  hosts: Readonly<Record<string, string | undefined>>,
  folder: string,
): Readonly<Record<string, string>> {
  const config = join(folder, 'docker');
  cpSync(bench.env.DOCKER_CONFIG ?? '', config, { recursive: true, verbatimSymlinks: true });
  const env = { ...process.env, ...bench.env, DOCKER_CONFIG: config };
  for (const [name, host] of Object.entries(hosts))
    execFileSync(bench.docker, ['context', 'create', name, '--docker', `host=${host}`], {
      env,
      stdio: 'ignore',
    });
  return { DOCKER_CONFIG: config };
}

/** Has docker know a BuildKit, which this process may serve, as a builder of this name in such an environment. */
export async function remoteBuilder(
  name: string,
  address: string,
  contexts: Readonly<Record<string, string>>,
): Promise<void> {
  const args = ['buildx', 'create', '--name', name, '--driver', 'remote', address];
  await promisify(execFile)(bench.docker, args, { env: { ...process.env, ...bench.env, ...contexts } });
}
