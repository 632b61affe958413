import { createReadStream } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { ImageBuilderError, reasonOf } from '../core/index.ts';
import {
  asDescriptor,
  type Descriptor,
  type Digest,
  digestHex,
  type Index,
  type Manifest,
  manifestMediaTypes,
  matchesDigest,
  parseManifest,
} from '../oci/index.ts';
import { maxManifestBytes } from './manifests.ts';

interface ImageManifest {
  readonly descriptor: Descriptor;
  readonly bytes: Uint8Array;
  readonly manifest: Manifest | Index;
}

export interface ImageBlob {
  readonly descriptor: Descriptor;
  /** Reads it from its beginning, each time. */
  readonly open: () => Readable | Promise<Readable>;
}

/** An image, or an index of images, with all that it consists of, wherever that lies. */
export interface ImageContent {
  /** What a tag will name. */
  readonly root: Descriptor;
  /** Each once, children before the indexes that name them; the root is last. */
  readonly manifests: readonly ImageManifest[];
  /** Configs and layers, each once. */
  readonly blobs: readonly ImageBlob[];
}

interface LayoutBlob extends ImageBlob {
  /** The file that holds it. */
  readonly path: string;
}

/** One on disk (OCI image specification v1.1, "image layout"). */
export interface ImageLayout extends ImageContent {
  readonly blobs: readonly LayoutBlob[];
}

/** Bytes read from disk at a time: few enough to keep memory flat, many enough to keep a fast link busy. */
const readSize = 256 * 1024;

/**
 * Reads an image layout directory as BuildKit's exporter writes it: everything that its one root names must be there
 * with the right size, manifests also with the right digest. Throws `registry.corrupt` with the path as its URL.
 */
export async function readImageLayout(directory: string): Promise<ImageLayout> {
  const root = await readRoot(directory);
  const manifests = new Map<Digest, ImageManifest>();
  const blobs = new Map<Digest, LayoutBlob>();
  const walk = async (descriptor: Descriptor): Promise<void> => {
    if (manifests.has(descriptor.digest)) return;
    const found = await readLayoutManifest(directory, descriptor);
    for (const child of childrenOf(found.manifest)) await walk(child);
    for (const blob of blobsOf(found.manifest)) blobs.set(blob.digest, await checkBlob(directory, blob));
    manifests.set(descriptor.digest, found);
  };
  await walk(root);
  return { root, manifests: [...manifests.values()], blobs: [...blobs.values()] };
}

/** The manifests that must be in a repository before this one. */
export function childrenOf(manifest: Manifest | Index): readonly Descriptor[] {
  return manifest.kind === 'index' ? manifest.manifests : [];
}

/** Config and layers of one image. */
export function blobsOf(manifest: Manifest | Index): readonly Descriptor[] {
  return manifest.kind === 'index' ? [] : [manifest.config, ...manifest.layers];
}

/** The one image of `index.json`; several names of the same digest are one image. */
async function readRoot(directory: string): Promise<Descriptor> {
  const path = join(directory, 'index.json');
  return reading(path, async () => {
    const layout = JSON.parse(await readFile(join(directory, 'oci-layout'), 'utf8')) as Record<
      string,
      unknown
    > | null;
    const version = layout?.imageLayoutVersion;
    if (version !== '1.0.0')
      throw new Error(`expected image layout version "1.0.0", got "${String(version)}"`);
    const index = JSON.parse(await readFile(path, 'utf8')) as { manifests?: unknown } | null;
    if (!Array.isArray(index?.manifests)) throw new Error('"manifests" is not a list');
    const [root, ...others] = index.manifests.map(asDescriptor);
    if (root === undefined) throw new Error('names no image');
    if (others.some(({ digest }) => digest !== root.digest)) throw new Error('names more than one image');
    return { mediaType: root.mediaType, digest: root.digest, size: root.size };
  });
}

async function readLayoutManifest(directory: string, descriptor: Descriptor): Promise<ImageManifest> {
  const { mediaType, digest, size } = descriptor;
  const path = blobPath(directory, digest);
  return reading(path, async () => {
    if (!manifestMediaTypes.includes(mediaType)) throw new Error(`expected a manifest, got "${mediaType}"`);
    if (size > maxManifestBytes)
      throw new Error(`a manifest of ${size} bytes, expected at most ${maxManifestBytes}`);
    await expectSize(path, size);
    const bytes = await readFile(path);
    if (!matchesDigest(bytes, digest)) throw new Error('does not have the digest of its name');
    return { descriptor, bytes, manifest: parseManifest(bytes, mediaType) };
  });
}

async function checkBlob(directory: string, descriptor: Descriptor): Promise<LayoutBlob> {
  const path = blobPath(directory, descriptor.digest);
  await reading(path, () => expectSize(path, descriptor.size));
  return { descriptor, path, open: () => createReadStream(path, { highWaterMark: readSize }) };
}

async function expectSize(path: string, size: number): Promise<void> {
  const found = await stat(path);
  if (!found.isFile()) throw new Error('is not a file');
  if (found.size !== size) throw new Error(`expected ${size} bytes, got ${found.size}`);
}

/** Where a layout keeps a blob. */
export function blobPath(directory: string, digest: Digest): string {
  return join(directory, 'blobs', digest.slice(0, digest.indexOf(':')), digestHex(digest));
}

async function reading<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const fault = error as NodeJS.ErrnoException;
    const url = fault.path ?? path;
    const reason = fault.code === 'ENOENT' ? 'is missing' : reasonOf(error);
    throw new ImageBuilderError(
      'registry.corrupt',
      `image layout: "${url}": ${reason}`,
      { url },
      { cause: error },
    );
  }
}
