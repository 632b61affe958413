import { join } from 'node:path';
import { humanBytes } from '../core/index.ts';
import type { Descriptor } from '../oci/index.ts';
import { type Choice, type Content, chooseContent } from './choose-content.ts';
import type { Exchange, Handlers } from './endpoint.ts';
import { packLayer } from './layer-stream.ts';
import { parseListing } from './listing.ts';
import { type Blob, type SavedMount, savedManifest, stateBlob } from './saved-mount.ts';

export interface Save {
  /** By key. */
  readonly bases: ReadonlyMap<string, SavedMount>;
  readonly saved: ReadonlyMap<string, SavedMount>;
  readonly maxBytes: number;
  /** Keys of the directories that began with files. */
  readonly seeded: ReadonlySet<string>;
  /** An empty folder for layers before they are sent. */
  readonly folder: string;
  /** As `savedName` gives it. */
  readonly nameOf: (key: string) => string;
}

/** A directory that is ready to be pushed. */
export interface PackedMount {
  readonly manifest: Blob;
  readonly state: Blob;
  readonly layer: Descriptor;
  readonly path: string;
}

export interface SaveExchange {
  readonly handlers: Handlers;
  /** Every directory that changed; only to be believed when the helper ended well. */
  readonly packed: ReadonlyMap<string, PackedMount>;
  /** By key, why a directory that changed is not saved. */
  readonly unsaved: ReadonlyMap<string, string>;
}

const indivisible = 'and of what begins with an image nothing may be left out';

/** The program's end of `save` in the script of the helper build. */
export function saveExchange(save: Save): SaveExchange {
  const contents = new Map<string, Deferred<Content | undefined>>();
  const content = (key: string) => entry(contents, key);
  const layers = new Map<string, Deferred<PackedMount>>();
  const layer = (key: string) => entry(layers, key);
  const packed = new Map<string, PackedMount>();
  const unsaved = new Map<string, string>();
  const handlers: Handlers = {
    listing: ({ key, socket }) =>
      content(key).settle(async () => {
        const chosen = chooseContent(await choiceOf(save, key, socket));
        if (chosen !== 'too-large') return chosen;
        unsaved.set(key, `it is larger than ${humanBytes(save.maxBytes)}, ${indivisible}`);
        return undefined;
      }),
    unfit: async ({ key }) => {
      unsaved.set(key, `it holds what no archive does, ${indivisible}`);
    },
    wanted: async ({ key, socket }) => {
      const chosen = await content(key).value;
      socket.write(chosen === undefined ? 'nothing\n' : 'some\n');
      socket.write(Buffer.from(chosen?.names.map((name) => `${name}\0`).join('') ?? '', 'latin1'));
    },
    content: ({ key, socket }) =>
      layer(key).settle(async () => {
        const chosen = await content(key).value;
        if (chosen === undefined) throw new Error('content that was not asked for');
        const mount = await pack(save, { key, content: chosen, socket });
        packed.set(key, mount);
        return mount;
      }),
    stamp: async ({ key, socket }) => {
      const { manifest } = await layer(key).value;
      socket.write(`${manifest.descriptor.digest}\n`);
    },
  };
  return { handlers, packed, unsaved };
}

/** Bytes of a listing: some million names. */
const largestListing = 256 * 1024 * 1024;

async function choiceOf(
  { bases, saved, maxBytes, seeded }: Save,
  key: string,
  socket: Exchange['socket'],
): Promise<Choice> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of socket as AsyncIterable<Uint8Array>) {
    size += chunk.length;
    if (size > largestListing) throw new Error('a listing that is too long');
    chunks.push(chunk);
  }
  const [base, other] = [bases.get(key), saved.get(key)];
  const otherSaved = other !== undefined && other.digest !== base?.digest;
  return { listed: parseListing(Buffer.concat(chunks)), base, otherSaved, maxBytes, seeded: seeded.has(key) };
}

interface Packing {
  readonly key: string;
  readonly content: Content;
  readonly socket: Exchange['socket'];
}

async function pack(save: Save, { key, content, socket }: Packing): Promise<PackedMount> {
  const path = join(save.folder, key);
  const layer = await packLayer(socket, path);
  const state = await stateBlob(content.state);
  const before = content.kind === 'delta' ? (save.bases.get(key)?.layers ?? []) : [];
  const layers = [...before, layer];
  const manifest = savedManifest({ name: save.nameOf(key), state: state.descriptor, layers });
  return { manifest, state, layer, path };
}

interface Deferred<T> {
  readonly value: Promise<T>;
  settle(work: () => Promise<T>): Promise<void>;
}

/** Connections may be served in another order than they were opened: one may wait for what another brings. */
function entry<T>(entries: Map<string, Deferred<T>>, key: string): Deferred<T> {
  const known = entries.get(key);
  if (known !== undefined) return known;
  const { promise, resolve, reject } = Promise.withResolvers<T>();
  promise.catch(() => undefined);
  const settle = async (work: () => Promise<T>) => {
    await work().then(resolve, reject);
    await promise;
  };
  const made = { value: promise, settle };
  entries.set(key, made);
  return made;
}
