import { existsSync } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import { delimiter } from 'node:path';
import { busyboxImage, ensureImage } from './base-images.ts';
import { bringTools } from './bring-tools.ts';
import { findDebian } from './debian.ts';
import { ensureEmulation, isRegistered, removeEmulation } from './emulation.ts';
import { engineEnvironment, engineRuns, startEngine, stopEngine } from './engine.ts';
import { otherEngines, removeEngineLeftovers, removeRegistryLeftovers } from './leftovers.ts';
import { findMachineEngine } from './machine-engine.ts';
import { registryRuns, startMainRegistry, stopMainRegistry } from './main-registry.ts';
import type { Places } from './places.ts';
import { placesOf } from './places.ts';
import { isAlive } from './processes.ts';
import { tryCommand } from './run-command.ts';
import type { Session } from './session.ts';
import type { EngineState, RegistryState, State } from './state.ts';
import { readState } from './state.ts';
import { toolFolders } from './tool-path.ts';
import { cannotBring } from './workbench-error.ts';

export interface RunningState extends State {
  readonly engine: EngineState;
  readonly registry: RegistryState;
}

/** Starts whatever of engine, registry and base image is missing; undoes its own part when that fails. */
export async function ensureRunning(session: Session, before: State): Promise<RunningState> {
  const { places } = session;
  const running = await findRunning(places, before);
  if (running) return running;
  const undo: (() => Promise<void>)[] = [];
  try {
    const engine = await ensureEngine(session, before, undo);
    const registry = await ensureRegistry(session, before, engine, undo);
    const target = { env: environmentOf(places, engine), registry: `localhost:${registry.port}` };
    await ensureImage(session, target, await busyboxImage(session));
    return { ...before, engine, registry };
  } catch (error) {
    for (const step of undo.reverse()) await step();
    throw error;
  }
}

/** The state, if what it speaks of really runs. */
export async function findRunning(places: Places, state: State): Promise<RunningState | undefined> {
  const { engine, registry } = state;
  if (!engine || !registry) return undefined;
  const answers = await Promise.all([engineAnswers(places, engine), registryRuns(registry)]);
  return answers.every((answer) => answer) ? { ...state, engine, registry } : undefined;
}

/** Ends engine and registry as far as they are ours, and what a crash has left of them. */
export async function stopAll(
  places: Places,
  state: State,
  content: 'keep content' | 'drop content',
): Promise<void> {
  const { engine, registry } = state;
  const env = engine ? environmentOf(places, engine) : {};
  if (registry) await stopMainRegistry(places, registry, env, content);
  await removeRegistryLeftovers(places, undefined);
  if (engine?.kind === 'brought') return await stopEngine(places, engine.process);
  await removeEngineLeftovers(places);
  if (otherEngines(places).length === 0) await removeEmulation();
}

/** Clears away what dead processes left: their registries, and their engines of one's own. */
export async function sweep(places: Places): Promise<void> {
  const { registry } = await readState(places);
  const known = registry?.kind === 'process' ? registry.process.pid : undefined;
  await removeRegistryLeftovers(places, known);
  const names = existsSync(places.root) ? await readdir(places.root) : [];
  for (const name of names) {
    const [kind, pid, start] = name.split('-');
    if (kind !== 'fresh' || isAlive({ pid: Number(pid), start: start ?? '' })) continue;
    const abandoned = placesOf(places.root, name);
    await stopAll(abandoned, await readState(abandoned), 'drop content');
    await rm(abandoned.home, { recursive: true, force: true });
  }
}

/** Complete values for a child: the engine's, and a PATH that begins with the brought tools. */
export function environmentOf(places: Places, engine: EngineState): Record<string, string> {
  if (engine.kind === 'brought') return engineEnvironment(places);
  // The machine's own docker goes before a brought one.
  const path = [process.env.PATH ?? '', ...toolFolders(places)].join(delimiter);
  return { ...engine.env, PATH: path };
}

export function hasEmulation(engine: EngineState): boolean {
  return engine.kind === 'machine' ? engine.emulation || (engine.local && isRegistered()) : isRegistered();
}

async function engineAnswers(places: Places, engine: EngineState): Promise<boolean> {
  if (engine.kind === 'brought') return await engineRuns(places, engine.process);
  const env = { ...process.env, ...engine.env };
  const { code } = await tryCommand('docker', ['version'], { env, timeoutMs: 10_000 });
  return code === 0;
}

async function ensureEngine(
  session: Session,
  before: State,
  undo: (() => Promise<void>)[],
): Promise<EngineState> {
  const { places, progress } = session;
  if (before.engine && (await engineAnswers(places, before.engine))) return before.engine;
  const isMain = places.home === placesOf(places.root).home;
  const machine = isMain ? await findMachineEngine(session) : undefined;
  if (machine) return await useMachineEngine(session, machine);
  const debian = findDebian();
  if (!debian) throw cannotBring('no usable docker with buildx here');
  if (process.getuid?.() !== 0)
    throw cannotBring('no usable docker with buildx here, and to start one needs root');
  await bringTools(session, debian, { engine: true });
  const engine = { kind: 'brought', process: await startEngine(session) } as const;
  undo.push(() => stopEngine(places, engine.process));
  progress(session.inMemory ? 'engine ready, its data in memory' : 'engine ready');
  return engine;
}

/** Takes the engine as it is; what else is needed is brought where the machine's packages can give it. */
async function useMachineEngine(
  session: Session,
  machine: EngineState & { kind: 'machine' },
): Promise<EngineState> {
  const debian = findDebian();
  if (debian) await bringTools(session, debian, { engine: false });
  if (debian && machine.local && !machine.emulation) await ensureEmulation(session.places);
  session.progress("using this machine's own engine");
  return machine;
}

async function ensureRegistry(
  session: Session,
  before: State,
  engine: EngineState,
  undo: (() => Promise<void>)[],
): Promise<RegistryState> {
  const { places, progress } = session;
  if (before.registry && (await registryRuns(before.registry))) return before.registry;
  const env = environmentOf(places, engine);
  const local = engine.kind === 'brought' || engine.local;
  const registry = await startMainRegistry(session, { env, local, port: before.port });
  undo.push(() => stopMainRegistry(places, registry, env, 'keep content'));
  progress(`registry ready at localhost:${registry.port}`);
  return registry;
}
