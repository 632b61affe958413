import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  humanSeconds,
  ImageBuilderError,
  isFailure,
  reasonOf,
  Secret,
  throwIfCancelled,
  withDeadline,
} from '../core/index.ts';
import type { EmitProgress } from '../progress/index.ts';
import type { RegistryClient } from '../registry/index.ts';
import { type Handlers, openEndpoint } from './endpoint.ts';
import { helperDockerfile, transferScript, type Work } from './helper-files.ts';
import { type Mount, mountKey } from './mount.ts';
import { isSameRepository, type MountPlaces, placeOf } from './mount-places.ts';
import { pushMount } from './push-mount.ts';
import { restoreHandlers } from './restore-handlers.ts';
import { saveExchange } from './save-handlers.ts';
import { readSaved, type SavedMount, savedName } from './saved-mount.ts';

/** A helper build as the engine is to run it, from a folder with its Dockerfile. */
export interface Helper {
  readonly folder: string;
  readonly endpoint: Secret;
  /** Another one for each run. */
  readonly once: string;
}

export interface KeepMountsOptions {
  readonly mounts: readonly Mount[];
  readonly places: MountPlaces;
  readonly helperImage: string;
  /** Bytes of the files of one directory. */
  readonly maxBytes: number;
  /** An absolute path; made when needed. */
  readonly folder: string;
  readonly registry: RegistryClient;
  /** Why no helper build could reach this program, where that is known without trying. */
  readonly outOfReach: () => Promise<string | undefined>;
  readonly runHelper: (helper: Helper, signal: AbortSignal) => Promise<void>;
  /** A word that nobody can guess. */
  readonly random: () => string;
  readonly emit: EmitProgress;
}

/** Carries cache mounts from one engine to the next. What goes wrong is one warning and nothing more. */
export interface MountKeeper {
  /** Those that were saved before. What goes wrong is told by whoever asks for something to be restored. */
  find(signal: AbortSignal): Promise<readonly Mount[]>;
  /** Fills those of the directories that are empty on this engine. To be over before the build begins. */
  restore(mounts: readonly Mount[], signal: AbortSignal): Promise<void>;
  /** Saves those of the directories that the build changed. */
  save(mounts: readonly Mount[], signal: AbortSignal): Promise<void>;
}

/** Seconds; a registry or an engine that takes longer costs more than it saves. */
const limits = { find: 5, restore: 180, save: 300 };

/** Archives have more bytes than files, and hold what was replaced since. */
const unpackedPerKept = 2;

interface Limit {
  readonly signal: AbortSignal;
  readonly seconds: number;
}

export function keepMounts(options: KeepMountsOptions): MountKeeper {
  return new Keeper(options);
}

class Keeper implements MountKeeper {
  readonly #options: KeepMountsOptions;
  readonly #saved = new Map<string, SavedMount>();
  /** What the directories were filled from. */
  readonly #bases = new Map<string, SavedMount>();
  /** Why nothing could be looked for. */
  #unfound: string | undefined;
  /** Whether nothing can be saved either: nobody is to wait for it a second time. */
  #givenUp = false;

  constructor(options: KeepMountsOptions) {
    this.#options = options;
  }

  async find(signal: AbortSignal): Promise<readonly Mount[]> {
    this.#unfound = await this.#lookUp(signal);
    this.#givenUp = this.#unfound !== undefined;
    return this.#options.mounts.filter((mount) => this.#saved.has(mountKey(mount)));
  }

  async restore(wanted: readonly Mount[], signal: AbortSignal): Promise<void> {
    const { registry, maxBytes } = this.#options;
    if (this.#unfound !== undefined) this.#warn(this.#unfound);
    const mounts = this.#among(wanted).filter((mount) => this.#saved.has(mountKey(mount)));
    if (this.#givenUp || mounts.length === 0) return;
    const filled: string[] = [];
    await this.#guard('restored', { signal, seconds: limits.restore }, async (inTime) => {
      const handlers = restoreHandlers({
        registry: registry.withSignal(inTime),
        saved: this.#saved,
        limit: maxBytes * unpackedPerKept,
        onRestored: (key, saved, kind) => {
          this.#bases.set(key, saved);
          if (kind === 'filled') filled.push(key);
        },
        onDamaged: (key, reason) => this.#warn(`cache mount "${this.#idOf(key)}" is not restored: ${reason}`),
      });
      await this.#transfer('restore', { mounts, handlers, signal: inTime });
    });
    this.#inform('restored', filled);
  }

  async save(changed: readonly Mount[], signal: AbortSignal): Promise<void> {
    const { folder, maxBytes, places, registry } = this.#options;
    const mounts = this.#among(changed);
    if (this.#givenUp || mounts.length === 0) return;
    await this.#guard('saved', { signal, seconds: limits.save }, async (inTime) => {
      const layers = join(folder, 'layers');
      await mkdir(layers, { recursive: true });
      const { repository } = placeOf(places.write, '');
      const own = [...this.#bases].filter(([, base]) => isSameRepository(base.repository, repository));
      const { handlers, packed } = saveExchange({
        bases: new Map(own),
        saved: this.#saved,
        maxBytes,
        folder: layers,
        nameOf: (key) => savedName(placeOf(places.write, key)),
      });
      await this.#transfer('save', { mounts, handlers, signal: inTime });
      const pushing = [...packed].map(([key, mount]) =>
        pushMount(registry.withSignal(inTime), placeOf(places.write, key), mount),
      );
      await Promise.all(pushing);
      this.#inform('saved', [...packed.keys()]);
    });
  }

  /** Why nothing can be looked for, if so. */
  async #lookUp(signal: AbortSignal): Promise<string | undefined> {
    const { mounts, places, outOfReach } = this.#options;
    const reason = await outOfReach();
    if (reason !== undefined) return `cache mounts are not kept: ${reason}`;
    const failure = await this.#failureOf({ signal, seconds: limits.find }, async (inTime) => {
      for (const place of places.read)
        await Promise.all(mounts.map((mount) => this.#findIn(place, mount, inTime)));
    });
    return failure === undefined ? undefined : `cache mounts are not restored: ${failure}`;
  }

  /** What is not what it should be is as good as not there. */
  async #findIn(place: string, mount: Mount, signal: AbortSignal): Promise<void> {
    const key = mountKey(mount);
    if (this.#saved.has(key)) return;
    try {
      const saved = await readSaved(this.#options.registry.withSignal(signal), placeOf(place, key));
      if (saved !== undefined) this.#saved.set(key, saved);
    } catch (error) {
      throwIfCancelled(signal);
      if (!isFailure(error, 'registry.corrupt')) throw error;
      this.#warn(`cache mount "${mount.id}" is not restored: ${reasonOf(error)}`);
    }
  }

  async #transfer(
    work: Work,
    { mounts, handlers, signal }: { mounts: readonly Mount[]; handlers: Handlers; signal: AbortSignal },
  ): Promise<void> {
    const { helperImage, random, runHelper } = this.#options;
    const folder = join(this.#options.folder, work);
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, 'Dockerfile'), helperDockerfile({ work, image: helperImage, mounts }));
    await writeFile(join(folder, 'transfer.sh'), transferScript);
    const token = random();
    await using endpoint = await openEndpoint(new Secret(token), handlers);
    const secret = new Secret(`${endpoint.port} ${token}\n`);
    try {
      await runHelper({ folder, endpoint: secret, once: random() }, signal);
    } catch (error) {
      throwIfCancelled(signal);
      if (!endpoint.reached()) throw this.#unreached(error);
      // The engine only says that the step failed, which it did because this end gave up.
      throw endpoint.failure() ?? error;
    }
    await rm(folder, { recursive: true, force: true });
  }

  /** Whether it could not start or not connect: another one fares no better. */
  #unreached(error: unknown): Error {
    this.#givenUp = true;
    return new Error(`no step of the engine reached this program: ${reasonOf(error)}`, { cause: error });
  }

  async #guard(
    what: 'restored' | 'saved',
    limit: Limit,
    work: (signal: AbortSignal) => Promise<void>,
  ): Promise<void> {
    const failure = await this.#failureOf(limit, work);
    if (failure !== undefined) this.#warn(`cache mounts are not ${what}: ${failure}`);
  }

  /** A cache is not worth a build. */
  async #failureOf(
    { signal, seconds }: Limit,
    work: (signal: AbortSignal) => Promise<void>,
  ): Promise<string | undefined> {
    const late = () =>
      new ImageBuilderError('internal', `it took longer than ${humanSeconds(seconds)}`, { where: 'cache' });
    try {
      await withDeadline({ signal, seconds, late }, work);
      return undefined;
    } catch (error) {
      throwIfCancelled(signal);
      return reasonOf(error);
    }
  }

  /** Each directory once, whoever mounts it. */
  #among(mounts: readonly Mount[]): readonly Mount[] {
    const keys = new Set(mounts.map(mountKey));
    return this.#options.mounts.filter((mount) => keys.has(mountKey(mount)));
  }

  #idOf(key: string): string {
    return this.#options.mounts.find((mount) => mountKey(mount) === key)?.id ?? key;
  }

  #warn(message: string): void {
    this.#options.emit({ kind: 'notice', level: 'warning', message });
  }

  /** In the order of the Dockerfile. */
  #inform(what: 'restored' | 'saved', keys: readonly string[]): void {
    const ids = this.#options.mounts.filter((mount) => keys.includes(mountKey(mount))).map(({ id }) => id);
    const message = `cache mounts ${what}: ${ids.join(', ')}`;
    if (ids.length > 0) this.#options.emit({ kind: 'notice', level: 'info', message });
  }
}
