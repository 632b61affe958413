import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { inject, onTestFinished } from 'vitest';
import { type FreshEngine, startFreshEngine } from '../../scripts/workbench/index.ts';

export type Machine = FreshEngine;

/** An agent of one's own that was made a second ago; gone after the test. */
export async function machine(): Promise<Machine> {
  const made = await machineForAll();
  onTestFinished(() => made.stop());
  return made;
}

/** The same for many tests; whoever asks for it stops it. */
export function machineForAll(): Promise<Machine> {
  return startFreshEngine({ root: process.env.WORKBENCH_ROOT });
}

/** Leaves a machine as if it had never built anything, which is quicker than another one. */
export async function forget({ env }: Machine): Promise<void> {
  const docker = inject('workbench').docker;
  await promisify(execFile)(docker, ['builder', 'prune', '--all', '--force'], {
    env: { ...process.env, ...env },
  });
}
