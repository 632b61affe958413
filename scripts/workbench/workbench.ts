import { randomUUID } from 'node:crypto';
import { rm, rmdir } from 'node:fs/promises';
import { ensureImage } from './base-images.ts';
import { type CompilerKind, compilerImage } from './compiler-image.ts';
import { withLock } from './lock.ts';
import type { Places } from './places.ts';
import { placesOf } from './places.ts';
import { isAlive, thisProcess } from './processes.ts';
import type { RunningState } from './running.ts';
import { ensureRunning, environmentOf, findRunning, hasEmulation, stopAll, sweep } from './running.ts';
import type { Session, SessionOptions } from './session.ts';
import { newSession } from './session.ts';
import type { State, User } from './state.ts';
import { readState, writeState } from './state.ts';
import type { ToolName } from './tool-path.ts';
import { toolPath } from './tool-path.ts';
import { transferImage } from './transfer-image.ts';

export interface WorkbenchOptions extends SessionOptions {
  /** An engine and a registry of one's own, empty at first and deleted by stop(): for measuring. */
  readonly fresh?: boolean;
  /** The cache folder, if it is to be another one than the checkout's `.cache/workbench`. */
  readonly root?: string | undefined;
}

/** An engine, a registry with `base/busybox:latest`, and the judges' programs. */
export interface Workbench {
  /** DOCKER_HOST, DOCKER_CONFIG, BUILDX_BUILDER and a complete PATH, to lay over process.env for children. */
  readonly env: NodeJS.ProcessEnv;
  /** `localhost:PORT`. */
  readonly registry: string;
  /** Whether RUN steps of the foreign architecture work. */
  readonly emulation: boolean;
  /** The cache folder. */
  readonly root: string;
  tool(name: ToolName): string;
  /** Makes `base/golang:latest` if the registry does not have it, and returns its reference. */
  ensureCompilerImage(kind?: CompilerKind): Promise<string>;
  /** Makes `base/transfer:latest`, the helper image for cache mounts, likewise. */
  ensureTransferImage(): Promise<string>;
  /** Ends engine and registry if they were started for this call and nobody else uses them. */
  stop(): Promise<void>;
}

/** Finds or starts the workbench; it runs until the last who called this has called stop(). */
export async function startWorkbench(options: WorkbenchOptions = {}): Promise<Workbench> {
  const user: User = { ...thisProcess(), id: randomUUID() };
  const instance = options.fresh ? `fresh-${user.pid}-${user.start}-${user.id.slice(0, 8)}` : 'main';
  const session = newSession(placesOf(options.root, instance), options);
  const { state } = await enter(session, (before) => ({ ...before, users: [...before.users, user] }));
  return { ...describe(session, state), stop: () => leave(session.places, user) };
}

/** Starts the workbench to stay until `down`; false when it was running already. */
export async function up(
  options: WorkbenchOptions,
): Promise<Pick<Workbench, 'registry'> & { begun: boolean }> {
  const session = newSession(placesOf(options.root), options);
  const { state, begun } = await enter(session, (before) => ({ ...before, keep: true }));
  return { registry: describe(session, state).registry, begun };
}

/** Ends what was started, whoever uses it; the cache stays unless it is to be purged. */
export async function down(options: WorkbenchOptions & { readonly purge?: boolean }): Promise<void> {
  const session = newSession(placesOf(options.root), options);
  const { places } = session;
  await withLock(session, async () => {
    await sweep(places);
    const state = await readState(places);
    await stopAll(places, state, options.purge ? 'drop content' : 'keep content');
    await writeState(places, stopped(state));
    if (!options.purge) return;
    for (const folder of [places.home, places.tools, places.apt, places.extraRegistries]) {
      await rm(folder, { recursive: true, force: true });
    }
  });
  if (options.purge) await rmdir(places.root).catch(() => {}); // Stays when another workbench has begun there.
  session.progress(options.purge ? 'stopped, cache deleted' : 'stopped');
}

/** Ends what nobody is left to stop, since who used it was interrupted; what is to stay stays. */
export async function tidy(options: Pick<WorkbenchOptions, 'root'>): Promise<void> {
  const places = placesOf(options.root);
  await withLock(newSession(places, {}), () => sweep(places));
  await leave(places, { ...thisProcess(), id: '' });
}

/** The running workbench as it is, or nothing. */
export async function findWorkbench(options: WorkbenchOptions): Promise<Omit<Workbench, 'stop'> | undefined> {
  const session = newSession(placesOf(options.root), options);
  const state = await readState(session.places);
  const running = await findRunning(session.places, state);
  return running && describe(session, running);
}

interface Entered {
  readonly state: RunningState;
  /** False when everything ran already. */
  readonly begun: boolean;
}

/** Starts what does not run, writes down who asked for it, and leaves nothing begun when that fails. */
async function enter(session: Session, claim: (state: State) => State): Promise<Entered> {
  const { places } = session;
  return await withLock(session, async () => {
    await sweep(places);
    const before = await readState(places);
    const alive = { ...before, users: before.users.filter(isAlive) };
    const running = await ensureRunning(session, alive);
    const { engine, registry } = running;
    const state = { ...claim({ ...alive, port: registry.port }), engine, registry };
    await writeState(places, state);
    return { state, begun: engine !== before.engine || registry !== before.registry };
  });
}

async function leave(places: Places, user: User): Promise<void> {
  await withLock(newSession(places, {}), async () => {
    const state = await readState(places);
    const users = state.users.filter((other) => other.id !== user.id && isAlive(other));
    const fresh = !places.home.endsWith('main');
    if (state.keep || users.length > 0) return await writeState(places, { ...state, users });
    await stopAll(places, state, fresh ? 'drop content' : 'keep content');
    if (fresh) await rm(places.home, { recursive: true, force: true });
    else await writeState(places, stopped(state));
  });
}

function stopped({ port }: State): State {
  return { keep: false, users: [], ...(port === undefined ? {} : { port }) };
}

function describe(session: Session, state: RunningState): Omit<Workbench, 'stop'> {
  const { places } = session;
  const env = environmentOf(places, state.engine);
  const registry = `localhost:${state.registry.port}`;
  return {
    env,
    registry,
    emulation: hasEmulation(state.engine),
    root: places.root,
    tool: (name) => toolPath(name, places),
    ensureCompilerImage: (kind = 'native') =>
      withLock(session, () => ensureImage(session, { env, registry }, compilerImage(session, kind))),
    ensureTransferImage: () =>
      withLock(session, () => ensureImage(session, { env, registry }, transferImage(session))),
  };
}
