import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { startWorkbench } from '../../scripts/workbench/index.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    readonly workbench: {
      /** For child processes: where engine, tools and their configuration are. */
      readonly env: Readonly<Record<string, string>>;
      /** `localhost:PORT`. */
      readonly registry: string;
      readonly crane: string;
      readonly docker: string;
      readonly notation: string;
      readonly cosign: string;
      readonly oras: string;
      readonly compilerImage: string;
      /** With bash and GNU tar, for cache mounts. */
      readonly transferImage: string;
      /** A folder for the temporary files of the program. */
      readonly temporary: string;
    };
  }
}

/** Starts the engine, the registry and the judges once for all journeys, and ends what it started. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const workbench = await startWorkbench({
    root: process.env.WORKBENCH_ROOT,
    log: (line) => process.stderr.write(`${line}\n`),
    inMemory: true,
  });
  const temporary = await mkdtemp(join(tmpdir(), 'image-builder-journeys-'));
  const env = Object.entries(workbench.env).filter(
    (entry): entry is [string, string] => entry[1] !== undefined,
  );
  project.provide('workbench', {
    env: Object.fromEntries(env),
    registry: workbench.registry,
    crane: workbench.tool('crane'),
    docker: workbench.tool('docker'),
    notation: workbench.tool('notation'),
    cosign: workbench.tool('cosign'),
    oras: workbench.tool('oras'),
    compilerImage: await workbench.ensureCompilerImage(),
    transferImage: await workbench.ensureTransferImage(),
    temporary,
  });
  return async () => {
    await rm(temporary, { recursive: true, force: true });
    await workbench.stop();
  };
}
