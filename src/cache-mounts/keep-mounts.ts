import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import {
  humanSeconds,
  ImageBuilderError,
  isFailure,
  reasonOf,
  throwIfCancelled,
  withDeadline,
} from '../core/index.ts';
import type { EmitProgress } from '../progress/index.ts';
import type { RegistryClient } from '../registry/index.ts';
import type { Ahead } from './ahead.ts';
import type { Handlers } from './endpoint.ts';
import { type Mount, mountKey } from './mount.ts';
import { isSameRepository, type MountPlaces, placeOf } from './mount-places.ts';
import { pushMount } from './push-mount.ts';
import { restoreHandlers } from './restore-handlers.ts';
import { runTransfer, type Transfer, type TransferOptions, Unreached } from './run-transfer.ts';
import { saveExchange } from './save-handlers.ts';
import { readSaved, type SavedMount, savedName } from './saved-mount.ts';

export interface KeepMountsOptions extends TransferOptions {
  readonly mounts: readonly Mount[];
  readonly places: MountPlaces;
  /** Bytes of the files of one directory. */
  readonly maxBytes: number;
  readonly registry: RegistryClient;
  /** The same registry, as whoever may write there. */
  readonly writer: RegistryClient;
  /** Why no helper build could reach this program, where that is known without trying. */
  readonly outOfReach: () => Promise<string | undefined>;
  readonly emit: EmitProgress;
}

/** Carries cache mounts from one engine to the next. What goes wrong is one warning and nothing more. */
export interface MountKeeper {
  /** Those that were saved before. What goes wrong is told by whoever asks for something to be restored. */
  find(signal: AbortSignal): Promise<readonly Mount[]>;
  /**
   * Fills those of the directories that are empty on this engine; to be over before the build begins. What the engine
   * gets ahead may go on beside the build, which joins in; it ends when this is disposed of.
   */
  restore(mounts: readonly Mount[], ahead: Ahead | undefined, signal: AbortSignal): Promise<AsyncDisposable>;
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

  async restore(
    wanted: readonly Mount[],
    ahead: Ahead | undefined,
    signal: AbortSignal,
  ): Promise<AsyncDisposable> {
    await using stack = new AsyncDisposableStack();
    if (this.#unfound !== undefined) this.#warn(this.#unfound);
    const mounts = this.#among(wanted).filter((mount) => this.#saved.has(mountKey(mount)));
    if (this.#givenUp || mounts.length === 0) return stack.move();
    const filled: string[] = [];
    await this.#guard('restored', { signal, seconds: limits.restore }, async (inTime) => {
      const handlers = this.#restoreHandlers(filled, inTime);
      const transfer = { work: 'restore', mounts, handlers } as const;
      stack.use(await this.#withOrWithout(ahead, transfer, inTime));
    });
    this.#inform('restored', filled);
    return stack.move();
  }

  async save(changed: readonly Mount[], signal: AbortSignal): Promise<void> {
    const { folder, maxBytes, places, writer } = this.#options;
    const mounts = this.#among(changed);
    if (this.#givenUp || mounts.length === 0) return;
    await this.#guard('saved', { signal, seconds: limits.save }, async (inTime) => {
      const layers = join(folder, 'layers');
      await mkdir(layers, { recursive: true });
      const { repository } = placeOf(places.write, '');
      const own = [...this.#bases].filter(([, base]) => isSameRepository(base.repository, repository));
      const { handlers, packed, unsaved } = saveExchange({
        bases: new Map(own),
        saved: this.#saved,
        maxBytes,
        seeded: new Set(mounts.filter(({ from }) => from !== undefined).map(mountKey)),
        folder: layers,
        nameOf: (key) => savedName(placeOf(places.write, key)),
      });
      await using _ = await this.#transfer({ work: 'save', mounts, handlers }, inTime);
      for (const [key, reason] of unsaved)
        this.#warn(`cache mount "${this.#idOf(key)}" is not saved: ${reason}`);
      const pushing = [...packed].map(([key, mount]) =>
        pushMount(writer.withSignal(inTime), placeOf(places.write, key), mount),
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

  #restoreHandlers(filled: string[], signal: AbortSignal): Handlers {
    const { registry, maxBytes } = this.#options;
    return restoreHandlers({
      registry: registry.withSignal(signal),
      saved: this.#saved,
      limit: maxBytes * unpackedPerKept,
      onRestored: (key, saved, kind) => {
        this.#bases.set(key, saved);
        if (kind === 'filled') filled.push(key);
      },
      onDamaged: (key, reason) => this.#warn(`cache mount "${this.#idOf(key)}" is not restored: ${reason}`),
    });
  }

  /** An image that cannot be had ahead is no reason to do without the mounts. */
  async #withOrWithout(
    ahead: Ahead | undefined,
    transfer: Transfer,
    signal: AbortSignal,
  ): Promise<AsyncDisposable> {
    if (ahead === undefined) return this.#transfer(transfer, signal);
    try {
      return await runTransfer(this.#options, { ...transfer, ahead }, signal);
    } catch (error) {
      if (!(error instanceof Unreached)) throw error;
      this.#options.emit({
        kind: 'notice',
        level: 'debug',
        message: `nothing is got ahead: ${error.message}`,
      });
      return this.#transfer(transfer, signal);
    }
  }

  async #transfer(transfer: Transfer, signal: AbortSignal): Promise<AsyncDisposable> {
    try {
      return await runTransfer(this.#options, transfer, signal);
    } catch (error) {
      // Another one fares no better.
      if (error instanceof Unreached) this.#givenUp = true;
      throw error;
    }
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
