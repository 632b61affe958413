import { promisify } from 'node:util';
import { zstdCompress, zstdDecompress } from 'node:zlib';
import { ImageBuilderError, reasonOf } from '../core/index.ts';
import {
  type Descriptor,
  type Digest,
  digestOf,
  emptyConfig,
  mediaTypes,
  type Reference,
  type Repository,
} from '../oci/index.ts';
import { fetchIfThere, type RegistryClient, readBlob } from '../registry/index.ts';

const artifactType = 'application/vnd.image-builder.cache-mount.v1';
const layerType = 'application/vnd.image-builder.cache-mount.v1.tar+zstd';
const stateType = 'application/vnd.image-builder.cache-mount.v1.state+zstd';

/** Which directory it is, of which image and tier: another is not taken, however it came under this name. */
const nameAnnotation = 'image-builder.cache-mount.name';

/** Bytes of a state, compressed and not: some million names. */
const largestState = { packed: 32 * 1024 * 1024, unpacked: 256 * 1024 * 1024 };

/** What a directory holds when every layer is unpacked in order, without the names that are dead. */
export interface MountState {
  /** Type of each name by `find`: f, d, l or p. Names are bytes as Latin-1 and begin with "./". */
  readonly names: ReadonlyMap<string, string>;
  /** In some layer and not in the directory. */
  readonly dead: readonly string[];
}

/** A directory as it lies in a registry. */
export interface SavedMount {
  readonly digest: Digest;
  readonly repository: Repository;
  /** The first is whole, those after it hold what changed. */
  readonly layers: readonly Descriptor[];
  readonly state: MountState;
}

/** What a reference names; undefined when there is nothing. Throws when it is not what it should be. */
export async function readSaved(
  registry: RegistryClient,
  reference: Reference,
): Promise<SavedMount | undefined> {
  const found = await fetchIfThere(registry, reference);
  if (found === undefined) return undefined;
  const { manifest, descriptor } = found;
  const { repository, tag = '' } = reference;
  const [blob, ...layers] = manifest.kind === 'manifest' ? manifest.layers : [];
  const shaped =
    manifest.kind === 'manifest' &&
    manifest.artifactType === artifactType &&
    blob?.mediaType === stateType &&
    layers.length > 0 &&
    layers.every(({ mediaType }) => mediaType === layerType);
  if (!shaped || blob === undefined) throw corrupt(repository, tag, 'is no saved cache mount');
  const name = manifest.annotations?.[nameAnnotation];
  if (name !== savedName({ repository, tag }))
    throw corrupt(repository, tag, `is the directory of "${name}"`);
  const packed = await readBlob(registry, { repository, descriptor: blob }, { limit: largestState.packed });
  const state = await unpackState(packed).catch((error: unknown) => {
    throw corrupt(repository, tag, `has a state that is not understood: ${reasonOf(error)}`);
  });
  return { digest: descriptor.digest, repository, layers, state };
}

/** A repository without its registry, which may move, and a tag. */
export function savedName({ repository, tag = '' }: Reference): string {
  return `${repository.path}:${tag}`;
}

function corrupt(repository: Repository, tag: string, reason: string): ImageBuilderError {
  const url = `${repository.registry}/${repository.path}:${tag}`;
  return new ImageBuilderError('registry.corrupt', `"${url}" ${reason}`, { url });
}

async function unpackState(packed: Uint8Array): Promise<MountState> {
  const bytes = await promisify(zstdDecompress)(packed, { maxOutputLength: largestState.unpacked });
  const { names, dead } = JSON.parse(bytes.toString('utf8')) as { names?: unknown; dead?: unknown };
  if (!Array.isArray(names) || !Array.isArray(dead)) throw new Error('a state without names');
  const texts = [...names, ...dead].every((name) => typeof name === 'string');
  if (!texts) throw new Error('a state with a name that is no text');
  return { names: new Map(names.map((name: string) => [name.slice(1), name.slice(0, 1)])), dead };
}

export interface Blob {
  readonly descriptor: Descriptor;
  readonly bytes: Uint8Array;
}

/** A blob that holds a state. */
export async function stateBlob({ names, dead }: MountState): Promise<Blob> {
  const text = JSON.stringify({ names: [...names].map(([name, type]) => `${type}${name}`), dead });
  return blobOf(await promisify(zstdCompress)(Buffer.from(text)), stateType);
}

export function layerDescriptor(digest: Digest, size: number): Descriptor {
  return { mediaType: layerType, digest, size };
}

function blobOf(bytes: Uint8Array, mediaType: string): Blob {
  return { descriptor: { mediaType, digest: digestOf(bytes), size: bytes.length }, bytes };
}

export interface Contents {
  /** As `savedName` gives it. */
  readonly name: string;
  readonly state: Descriptor;
  readonly layers: readonly Descriptor[];
}

/** The bytes of the manifest; its digest is the last thing to appear in a registry. */
export function savedManifest({ name, state, layers }: Contents): Blob {
  const manifest = {
    schemaVersion: 2,
    mediaType: mediaTypes.ociManifest,
    artifactType,
    config: emptyConfig.descriptor,
    layers: [state, ...layers],
    annotations: { [nameAnnotation]: name },
  };
  return blobOf(Buffer.from(JSON.stringify(manifest)), mediaTypes.ociManifest);
}
