import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { onTestFinished } from 'vitest';
import { mountKey } from '../../../src/cache-mounts/index.ts';
import type { Secret } from '../../../src/core/index.ts';

type Mount = Parameters<typeof mountKey>[0];

/** A machine whose engine is no more than the folders that a helper build sees. */
export interface TestMachine {
  readonly folder: string;
  /** The directory of a mount. */
  readonly at: (mount: Mount) => string;
  /** What the step of a helper build does, with bash and tar of this machine. */
  readonly runHelper: (helper: {
    readonly dockerfilePath: string;
    readonly endpoint: Secret;
  }) => Promise<void>;
}

/** Gone with the test. `hasZstd`: whether a helper build may use the zstd of this machine, if there is one. */
export async function machineForTest({ hasZstd = true } = {}): Promise<TestMachine> {
  const folder = await mkdtemp(join(tmpdir(), 'machine-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  for (const name of ['mounts', 'stamps', 'tmp', 'run']) await mkdir(join(folder, name));
  return {
    folder,
    at: (mount) => join(folder, 'mounts', mountKey(mount)),
    runHelper: async ({ dockerfilePath, endpoint }) => {
      await writeFile(join(folder, 'run/endpoint'), endpoint.reveal());
      const dockerfile = await readFile(dockerfilePath, 'utf8');
      const command = JSON.parse(/\["bash".*\]/.exec(dockerfile)?.[0] ?? '[]') as string[];
      const [script = '', name = '', work = '', ...keys] = command.slice(2);
      for (const key of keys) await mkdir(join(folder, 'mounts', key), { recursive: true });
      const here = script.replaceAll(/\/(?=(?:mounts|seeds|stamps|tmp|run)\/)/g, `${folder}/`);
      const blind = hasZstd ? '' : 'type() { return 1; }\n';
      await promisify(execFile)('bash', ['-c', `${blind}${here}`, name, work, ...keys]);
    },
  };
}

/** Runs a script of bash in the directory of a mount, as a step of a build would. */
export async function step(machine: TestMachine, mount: Mount, script: string): Promise<string> {
  const cwd = machine.at(mount);
  await mkdir(cwd, { recursive: true });
  return (await promisify(execFile)('bash', ['-euc', script], { cwd })).stdout;
}
