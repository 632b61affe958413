import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { humanBytes, reasonOf } from '../core/index.ts';
import type { RegistryClient } from '../registry/index.ts';
import type { Exchange, Handlers } from './endpoint.ts';
import { packedLayers, unpackedLayers } from './layer-stream.ts';
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

/** The program's end of `restore` in the script of the helper build. */
export function restoreHandlers({ registry, saved, limit, onRestored, onDamaged }: Restore): Handlers {
  /** By key: how sending ended, with a reason where it failed. */
  const sent = new Map<string, Promise<string | undefined>>();
  const send = async ({ key, socket }: Exchange, contentOf: (found: SavedMount) => Readable) => {
    const found = saved.get(key);
    if (found === undefined) return;
    const sending = pipeline(contentOf(found), socket).then(() => undefined, reasonOf);
    sent.set(key, sending);
    await sending;
  };
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
      socket.write(`fill ${found.digest} ${limit}\n`);
    },
    archives: (exchange) => send(exchange, (found) => unpackedLayers(registry, found)),
    layers: (exchange) => send(exchange, (found) => packedLayers(registry, found)),
    check: async ({ key, argument: status, socket }) => {
      const found = saved.get(key);
      const reason = status === 'large' ? `unpacks to more than ${humanBytes(limit)}` : await sent.get(key);
      const whole = found !== undefined && sent.has(key) && reason === undefined && status === '0';
      if (whole) onRestored(key, found, 'filled');
      else onDamaged(key, reason ?? 'the engine could not unpack it');
      socket.write(whole ? 'whole\n' : 'broken\n');
    },
  };
}
