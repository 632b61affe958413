import { type Digest, digestOf } from './digest.ts';
import { type Descriptor, type Index, type Manifest, mediaTypes } from './manifest.ts';
import { parsePlatform, printPlatform } from './platform.ts';

/** An image for some platforms of a whole: its index, or its only manifest. */
export interface ImagePart {
  readonly descriptor: Descriptor;
  readonly manifest: Manifest | Index;
  /** What it is for; of a single manifest exactly one. */
  readonly platforms: readonly string[];
}

export interface JoinedImage {
  readonly bytes: Uint8Array;
  readonly descriptor: Descriptor;
}

export interface WholeImage {
  /** In the order that they get in the index. */
  readonly platforms: readonly string[];
  readonly annotations: Readonly<Record<string, string>>;
}

/** One index of images that were built apart: the same bytes whichever was built first, attestations last. */
export function joinImages(parts: readonly ImagePart[], { platforms, annotations }: WholeImage): JoinedImage {
  const entries = parts.flatMap(entriesOf);
  const place = ({ platform }: Descriptor) => {
    const at = platform === undefined ? -1 : platforms.indexOf(printPlatform(platform));
    return at < 0 ? platforms.length : at;
  };
  const ordered = entries.toSorted((one, other) => place(one) - place(other) || byDigest(one, other));
  const index = {
    schemaVersion: 2,
    mediaType: mediaTypes.ociIndex,
    manifests: ordered,
    annotations,
  };
  const bytes = Buffer.from(JSON.stringify(index, null, 2));
  const digest: Digest = digestOf(bytes);
  return { bytes, descriptor: { mediaType: mediaTypes.ociIndex, digest, size: bytes.length } };
}

function entriesOf({ descriptor, manifest, platforms: [only = ''] }: ImagePart): readonly Descriptor[] {
  if (manifest.kind === 'index') return manifest.manifests;
  const platform = parsePlatform(only);
  const { mediaType, digest, size } = descriptor;
  return [{ mediaType, digest, size, ...(platform === undefined ? {} : { platform }) }];
}

function byDigest(one: Descriptor, other: Descriptor): number {
  return one.digest < other.digest ? -1 : 1;
}
