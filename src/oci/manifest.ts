import { type Digest, isDigest } from './digest.ts';
import type { Platform } from './platform.ts';

/** The media types this product reads and writes. */
export const mediaTypes = {
  ociIndex: 'application/vnd.oci.image.index.v1+json',
  ociManifest: 'application/vnd.oci.image.manifest.v1+json',
  ociConfig: 'application/vnd.oci.image.config.v1+json',
  dockerList: 'application/vnd.docker.distribution.manifest.list.v2+json',
  dockerManifest: 'application/vnd.docker.distribution.manifest.v2+json',
} as const;

/** What every GET of a manifest accepts; without all four, older registries convert to schema 1. */
export const manifestMediaTypes: readonly string[] = [
  mediaTypes.ociIndex,
  mediaTypes.ociManifest,
  mediaTypes.dockerList,
  mediaTypes.dockerManifest,
];

export interface Descriptor {
  readonly mediaType: string;
  readonly digest: Digest;
  /** Bytes. */
  readonly size: number;
  readonly platform?: Platform;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly artifactType?: string;
}

export interface Manifest {
  readonly kind: 'manifest';
  readonly mediaType: string;
  readonly config: Descriptor;
  readonly layers: readonly Descriptor[];
  readonly subject?: Descriptor;
  readonly artifactType?: string;
  readonly annotations?: Readonly<Record<string, string>>;
}

export interface Index {
  readonly kind: 'index';
  readonly mediaType: string;
  readonly manifests: readonly Descriptor[];
  readonly annotations?: Readonly<Record<string, string>>;
}

/** Whether a descriptor of this media type names an index rather than a manifest. */
function isIndexMediaType(mediaType: string): boolean {
  return mediaType === mediaTypes.ociIndex || mediaType === mediaTypes.dockerList;
}

/**
 * Reads the bytes of a manifest or an index, checking each descriptor that it names. Throws a plain `Error` that
 * says what is wrong; the caller knows whose bytes they were.
 */
export function parseManifest(bytes: Uint8Array, mediaType: string): Manifest | Index {
  const value = asRecord(JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)), 'manifest');
  if (value.mediaType !== undefined && value.mediaType !== mediaType) {
    throw new Error(`expected media type "${mediaType}", got "${String(value.mediaType)}"`);
  }
  const annotations = value.annotations === undefined ? {} : { annotations: stringMap(value.annotations) };
  if (isIndexMediaType(mediaType)) {
    return {
      kind: 'index',
      mediaType,
      manifests: asList(value.manifests, 'manifests').map(asDescriptor),
      ...annotations,
    };
  }
  return {
    kind: 'manifest',
    mediaType,
    config: asDescriptor(value.config),
    layers: asList(value.layers, 'layers').map(asDescriptor),
    ...(value.subject === undefined ? {} : { subject: asDescriptor(value.subject) }),
    ...(typeof value.artifactType === 'string' ? { artifactType: value.artifactType } : {}),
    ...annotations,
  };
}

/** Checks the shape of a descriptor found in somebody's JSON. Throws a plain `Error`. */
export function asDescriptor(untrusted: unknown): Descriptor {
  const value = asRecord(untrusted, 'descriptor');
  const { mediaType, digest, size } = value;
  if (typeof mediaType !== 'string' || mediaType === '') throw new Error('descriptor without a media type');
  if (typeof digest !== 'string' || !isDigest(digest)) throw new Error('descriptor without a valid digest');
  if (typeof size !== 'number' || !Number.isSafeInteger(size) || size < 0) {
    throw new Error(`descriptor ${digest} without a valid size`);
  }
  return {
    mediaType,
    digest,
    size,
    ...(value.platform === undefined ? {} : { platform: asPlatform(value.platform) }),
    ...(value.annotations === undefined ? {} : { annotations: stringMap(value.annotations) }),
    ...(typeof value.artifactType === 'string' ? { artifactType: value.artifactType } : {}),
  };
}

function asPlatform(untrusted: unknown): Platform {
  const { os, architecture, variant } = asRecord(untrusted, 'platform');
  if (typeof os !== 'string' || typeof architecture !== 'string')
    throw new Error('platform without os and architecture');
  return typeof variant === 'string' && variant !== '' ? { os, architecture, variant } : { os, architecture };
}

function asRecord(value: unknown, what: string): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new Error(`${what} is not an object`);
  return value as Record<string, unknown>;
}

function asList(value: unknown, what: string): unknown[] {
  if (!Array.isArray(value)) throw new Error(`"${what}" is not a list`);
  return value;
}

function stringMap(value: unknown): Record<string, string> {
  const entries = Object.entries(asRecord(value, 'annotations'));
  if (entries.some(([, text]) => typeof text !== 'string')) throw new Error('annotation that is not a text');
  return Object.fromEntries(entries) as Record<string, string>;
}
