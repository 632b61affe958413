import { join } from 'node:path';
import { registryMark, removeRegistryLeftovers } from './leftovers.ts';
import type { Places } from './places.ts';
import { endProcess, isAlive } from './processes.ts';
import { removeRegistryContainer, startRegistryContainer } from './registry-container.ts';
import { freePort, registryAnswers, startRegistryProcess } from './registry-process.ts';
import type { Session } from './session.ts';
import type { RegistryState } from './state.ts';
import { findTool, toolPath } from './tool-path.ts';

/** Where the registry is to run: beside us when its loopback is the engine's, else in the engine. */
export interface RegistrySite {
  readonly env: NodeJS.ProcessEnv;
  readonly local: boolean;
  readonly port: number | undefined;
}

/** Starts the registry of a workbench, at its last port when that is free. */
export async function startMainRegistry(session: Session, site: RegistrySite): Promise<RegistryState> {
  const { places, signal } = session;
  await removeRegistryLeftovers(places, undefined);
  const port = await freePort(site.port);
  const program = site.local ? findTool('docker-registry', places) : undefined;
  const folder = join(places.home, 'registry-config');
  if (program !== undefined) {
    const run = { program, folder, data: places.registryData, port, mark: registryMark(places), signal };
    return { kind: 'process', process: await startRegistryProcess(run), port };
  }
  const container = `image-builder-${places.label}`;
  const docker = toolPath('docker', places);
  await startRegistryContainer({
    docker,
    env: { ...process.env, ...site.env },
    name: container,
    folder,
    port,
    signal,
  });
  return { kind: 'container', container, port };
}

export async function stopMainRegistry(
  places: Places,
  registry: RegistryState,
  env: NodeJS.ProcessEnv,
  content: 'keep content' | 'drop content',
): Promise<void> {
  if (registry.kind === 'process') return await endProcess(registry.process);
  const docker = toolPath('docker', places);
  await removeRegistryContainer(docker, { ...process.env, ...env }, registry.container, content);
}

export async function registryRuns(registry: RegistryState): Promise<boolean> {
  const alive = registry.kind === 'container' || isAlive(registry.process);
  return alive && (await registryAnswers(registry.port));
}
