import { join } from 'node:path';
import { startFreshEngine } from '../workbench/index.ts';
import { runCommand } from '../workbench/run-command.ts';
import { makeCheckout } from './checkout.ts';
import type { Bench } from './group.ts';
import type { Command } from './run-timed.ts';
import type { Turn } from './take-turns.ts';

/** A machine that was made a second ago. */
export interface Agent {
  /** Whether the engine's data lie in memory, and not on the disk of this machine. */
  readonly inMemory: boolean;
  /** Base images that it came with. */
  readonly images: readonly string[];
}

/** A turn on an engine that has built nothing; it is gone afterwards. */
export async function onFreshEngine(
  { workbench, signal }: Bench,
  { inMemory, images }: Agent,
  commands: (env: NodeJS.ProcessEnv) => readonly Command[],
): Promise<Turn> {
  const engine = await startFreshEngine({ root: workbench.root, inMemory, signal });
  try {
    const env = { ...process.env, ...engine.env };
    const docker = workbench.tool('docker');
    for (const image of images) await runCommand(docker, ['pull', '--quiet', image], { env });
    return { commands: commands(engine.env), end: () => engine.stop() };
  } catch (error) {
    await engine.stop();
    throw error;
  }
}

/** A copy of a base image whose layers are compressed with zstd, as a mirror for agents would be. */
export async function zstdMirror({ workbench, folder }: Bench, base: string): Promise<string> {
  const mirror = `${base.replace(/:latest$/, '')}-zstd:latest`;
  const cwd = await makeCheckout(join(folder, 'mirror'), { Dockerfile: `FROM ${base}\n` });
  const output = `type=image,name=${mirror},push=true,compression=zstd,force-compression=true,oci-mediatypes=true`;
  const argv = ['buildx', 'build', '--provenance=false', '--output', output, '.'];
  const env = { ...process.env, ...workbench.env };
  await runCommand(workbench.tool('docker'), argv, { cwd, env, timeoutMs: 300_000 });
  return mirror;
}
