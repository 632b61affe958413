import { pipeline } from 'node:stream/promises';
import { reasonOf } from '../core/index.ts';
import type { RegistryClient } from '../registry/index.ts';
import type { Handlers } from './endpoint.ts';
import { unpackedLayers } from './layer-stream.ts';
import type { SavedMount } from './saved-mount.ts';

export interface Restore {
  readonly registry: RegistryClient;
  /** By key: what each directory is to be filled from. */
  readonly saved: ReadonlyMap<string, SavedMount>;
  /** Bytes that a directory may unpack to. */
  readonly limit: number;
  /** Told of every directory that now is what a registry holds. */
  readonly onRestored: (key: string, saved: SavedMount, kind: 'filled' | 'kept') => void;
  readonly onDamaged: (key: string, reason: string) => void;
}

/** The program's end of `restore` in `transfer.sh`. */
export function restoreHandlers({ registry, saved, limit, onRestored, onDamaged }: Restore): Handlers {
  const filled = new Map<string, Promise<boolean>>();
  return {
    dead: async ({ key, socket }) => {
      socket.write(
        Buffer.from(
          saved
            .get(key)
            ?.state.dead.map((name) => `${name}\n`)
            .join('') ?? '',
          'latin1',
        ),
      );
    },
    restore: async ({ key, argument: state, socket }) => {
      const found = saved.get(key);
      if (found === undefined || (state !== 'empty' && state !== found.digest)) {
        socket.write('leave none\n');
        return;
      }
      if (state !== 'empty') {
        socket.write(`keep ${found.digest}\n`);
        onRestored(key, found, 'kept');
        return;
      }
      socket.write(`fill ${found.digest}\n`);
      const filling = pipeline(unpackedLayers(registry, found, limit), socket).then(
        () => true,
        (error: unknown) => {
          onDamaged(key, reasonOf(error));
          return false;
        },
      );
      filled.set(key, filling);
      await filling;
    },
    check: async ({ key, argument: status, socket }) => {
      const found = saved.get(key);
      const sent = found !== undefined && (await filled.get(key)) === true;
      const whole = sent && status === '0';
      if (whole) onRestored(key, found, 'filled');
      else if (sent) onDamaged(key, 'the engine could not unpack it');
      socket.write(whole ? 'whole\n' : 'broken\n');
    },
  };
}
