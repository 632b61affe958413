import { randomUUID } from 'node:crypto';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { engineEnvironment } from './engine.ts';
import { extraRegistryMark } from './leftovers.ts';
import type { Places } from './places.ts';
import { placesOf } from './places.ts';
import type { ProcessId } from './processes.ts';
import { endProcess, isAlive, thisProcess } from './processes.ts';
import type { RegistryAuth } from './registry-config.ts';
import { removeRegistryContainer, startRegistryContainer } from './registry-container.ts';
import { freePort, startRegistryProcess } from './registry-process.ts';
import { readState } from './state.ts';
import { findTool, toolPath } from './tool-path.ts';

export interface RegistryOptions extends RegistryAuth {
  readonly signal?: AbortSignal;
  /** The cache folder of the workbench, if it is another one than the checkout's. */
  readonly root?: string;
}

/** A registry beside the workbench's own; it ends with this process at the latest. */
export interface Registry {
  /** `localhost:PORT`. */
  readonly address: string;
  stop(): Promise<void>;
  /** Starts it again after stop(), at the same port and with its content. */
  start(): Promise<void>;
}

/** Starts one more registry; a workbench has to be running, which brings the program. */
export async function startRegistry(options: RegistryOptions = {}): Promise<Registry> {
  const places = placesOf(options.root);
  const owner = thisProcess();
  const id = `${owner.pid}-${owner.start}-${randomUUID().slice(0, 8)}`;
  const extra: ExtraRegistry = {
    ...options,
    places,
    owner,
    name: `image-builder-registry-${id}`,
    folder: join(places.extraRegistries, id),
    port: await freePort(),
    signal: options.signal ?? new AbortController().signal,
  };
  const program = findTool('docker-registry', places);
  return program === undefined ? await inContainer(extra) : await besideUs(extra, program);
}

interface ExtraRegistry extends RegistryAuth {
  readonly places: Places;
  readonly owner: ProcessId;
  readonly name: string;
  readonly folder: string;
  readonly port: number;
  readonly signal: AbortSignal;
}

async function besideUs(extra: ExtraRegistry, program: string): Promise<Registry> {
  const { folder, port } = extra;
  const mark = extraRegistryMark(extra.places, extra.owner);
  const launch = () => startRegistryProcess({ ...extra, program, data: join(folder, 'data'), mark });
  let running = await launch();
  atExit(() => {
    if (isAlive(running)) process.kill(running.pid, 'SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  });
  return {
    address: `localhost:${port}`,
    stop: () => endProcess(running),
    start: async () => {
      if (!isAlive(running)) running = await launch();
    },
  };
}

async function inContainer(extra: ExtraRegistry): Promise<Registry> {
  const { engine } = await readState(extra.places);
  const engineEnv = engine?.kind === 'machine' ? engine.env : engineEnvironment(extra.places);
  const docker = toolPath('docker', extra.places);
  const env = { ...process.env, ...engineEnv };
  const start = () => startRegistryContainer({ ...extra, docker, env });
  await start();
  return {
    address: `localhost:${extra.port}`,
    stop: () => removeRegistryContainer(docker, env, extra.name),
    start,
  };
}

const lastWishes: (() => void)[] = [];

/** One listener for all registries, of which a test run may start many. */
function atExit(wish: () => void): void {
  if (lastWishes.push(wish) > 1) return;
  process.once('exit', () => {
    for (const last of lastWishes) last();
  });
}
