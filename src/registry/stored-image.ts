import { ImageBuilderError, isFailure } from '../core/index.ts';
import {
  type Descriptor,
  type Digest,
  manifestMediaTypes,
  printReference,
  printRepository,
  type Repository,
} from '../oci/index.ts';
import { blobsOf, childrenOf, type ImageBlob, type ImageContent } from './image-layout.ts';
import type { FetchedManifest } from './manifests.ts';
import { type PushOptions, pushEverywhere } from './push-everywhere.ts';
import type { PublishedRepository } from './push-progress.ts';
import type { RegistryClient } from './registry-client.ts';

/** An image that a repository holds. */
export interface StoredImage extends ImageContent {
  readonly repository: Repository;
}

/** An index of images and their attestations has some; more is an attempt to keep us busy. */
const mostManifests = 200;

/**
 * Reads an image with all its manifests, each from bytes that were hashed. Undefined when the tag or digest names
 * nothing that is there whole. Throws `registry.corrupt` for what is no image.
 */
export async function readStoredImage(
  registry: RegistryClient,
  repository: Repository,
  tagOrDigest: string,
): Promise<StoredImage | undefined> {
  const manifests = new Map<Digest, FetchedManifest>();
  const walk = async (reference: string): Promise<Descriptor> => {
    const found = await registry.fetchManifest(repository, reference);
    const children = childrenOf(found.manifest).filter(({ mediaType }) =>
      manifestMediaTypes.includes(mediaType),
    );
    if (children.length > mostManifests) throw tooMany(repository, found.descriptor);
    await Promise.all(children.map(({ digest }) => walk(digest)));
    manifests.set(found.descriptor.digest, found);
    return found.descriptor;
  };
  try {
    const root = await walk(tagOrDigest);
    return { repository, root, ...contentOf(registry, repository, [...manifests.values()]) };
  } catch (error) {
    if (isFailure(error, 'registry.refused') && error.details.status === 404) return undefined;
    throw error;
  }
}

function tooMany(repository: Repository, { digest }: Descriptor): ImageBuilderError {
  const url = printReference({ repository, digest });
  const message = `${url}: an index of more than ${mostManifests} manifests`;
  return new ImageBuilderError('registry.corrupt', message, { url });
}

function contentOf(
  registry: RegistryClient,
  repository: Repository,
  manifests: readonly FetchedManifest[],
): Pick<ImageContent, 'manifests' | 'blobs'> {
  const blobs = new Map<Digest, ImageBlob>();
  for (const descriptor of manifests.flatMap(({ manifest }) => blobsOf(manifest)))
    blobs.set(descriptor.digest, { descriptor, open: () => registry.openBlob(repository, descriptor) });
  return { manifests, blobs: [...blobs.values()] };
}

export interface CopyOptions extends Omit<PushOptions, 'image' | 'source'> {
  readonly image: StoredImage;
}

/** Brings an image from one repository into every other that lacks it, as `pushEverywhere` does. */
export async function copyImage({
  image,
  repositories,
  ...options
}: CopyOptions): Promise<readonly PublishedRepository[]> {
  const holds = await Promise.all(
    repositories.map(
      (repository) => isHome(image, repository) || holdsImage(options.registry, repository, image),
    ),
  );
  const lacking = repositories.filter((_, at) => !holds[at]);
  const copied = await pushEverywhere({
    ...options,
    image,
    source: image.repository,
    repositories: lacking,
  });
  const there = repositories.filter((_, at) => holds[at]);
  const nothing = { uploadedBytes: 0, mounted: 0, existing: image.blobs.length, seconds: 0 };
  return [...there.map((repository) => ({ repository, ...nothing })), ...copied];
}

function isHome({ repository: home }: StoredImage, repository: Repository): boolean {
  return printRepository(home) === printRepository(repository);
}

async function holdsImage(
  registry: RegistryClient,
  repository: Repository,
  { manifests }: ImageContent,
): Promise<boolean> {
  const found = await Promise.all(
    manifests.map(({ descriptor }) => registry.resolve(repository, descriptor.digest)),
  );
  return found.every((descriptor) => descriptor !== undefined);
}
