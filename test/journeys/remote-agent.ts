import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { inject } from 'vitest';
import type { PoolOptions } from '../fakes/azure-devops/options.ts';
import { program, temporary } from './stage.ts';

const bench = inject('workbench');

export interface AgentFiles {
  readonly folder: string;
  /** Of the configuration of the trusted side. */
  readonly config: string;
  /** More of what agents have that build. */
  readonly buildEnvironment?: Readonly<Record<string, string>> | undefined;
}

/** The pools of the pipeline: what is installed on their agents, and what each may reach. */
export function agentPools({
  folder,
  config,
  buildEnvironment,
}: AgentFiles): Readonly<Record<string, PoolOptions>> {
  const agent = {
    PATH: `${installProgram(folder)}:${bench.env.PATH ?? ''}`,
    HOME: folder,
    TMPDIR: temporary,
    NODE_EXTRA_CA_CERTS: join(folder, 'ca.pem'),
    IMAGE_BUILDER_CONFIG: config,
  };
  const { PATH: _, ...engine } = bench.env;
  return {
    'image-builder-identify': { env: agent },
    'image-builder-build': { env: { ...agent, ...engine, ...buildEnvironment } },
    'image-builder-publish': { env: { ...agent, DOCKER_CONFIG: bench.env.DOCKER_CONFIG ?? '' } },
  };
}

/** Returns the folder of `image-builder`, which waits where `holdStage` says so before it does anything. */
function installProgram(folder: string): string {
  const programs = join(folder, 'bin');
  mkdirSync(programs);
  const file = join(programs, 'image-builder');
  const script = `#!/bin/sh
gate='${folder}/hold-'"$2"
if [ -p "$gate" ]; then read -r _ < "$gate"; fi
exec ${[process.execPath, ...program].map((word) => `'${word}'`).join(' ')} "$@"
`;
  writeFileSync(file, script);
  chmodSync(file, 0o755);
  return programs;
}

/** A stage that waits at its beginning. */
export interface HeldStage {
  /** Resolves when it has come there. */
  readonly reached: Promise<void>;
  release(): Promise<void>;
}

/** Keeps the next run of this stage waiting. */
export function holdStage({ folder }: Pick<AgentFiles, 'folder'>, name: string): HeldStage {
  const gate = join(folder, `hold-${name}`);
  execFileSync('mkfifo', [gate]);
  // Who opens one end waits for the other.
  const opening = open(gate, 'w');
  return {
    reached: opening.then(() => undefined),
    async release() {
      if (!existsSync(gate)) return;
      const own = await open(gate, 'r+');
      rmSync(gate);
      await (await opening).close();
      await own.close();
    },
  };
}
