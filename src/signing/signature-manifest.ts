import { type Descriptor, digestOf, mediaTypes } from '../oci/index.ts';

/** The configuration that an artifact without one has: OCI image specification v1.1, "Guidance for an Empty Descriptor". */
export const emptyConfig = {
  mediaType: 'application/vnd.oci.empty.v1+json',
  bytes: Buffer.from('{}'),
} as const;

interface Blob {
  readonly bytes: Uint8Array;
  readonly mediaType: string;
}

export interface SignatureManifest {
  readonly artifactType: string;
  /** What is signed. */
  readonly subject: Descriptor;
  /** The signature. */
  readonly layer: Blob;
  readonly annotations: Readonly<Record<string, string>>;
}

/** The OCI image manifest by which a signature is stored beside what it signs; its configuration is `emptyConfig`. */
export function signatureManifest({
  artifactType,
  subject,
  layer,
  annotations,
}: SignatureManifest): Uint8Array {
  const { mediaType, digest, size } = subject;
  return Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: mediaTypes.ociManifest,
      artifactType,
      config: describe(emptyConfig),
      layers: [describe(layer)],
      subject: { mediaType, digest, size },
      annotations,
    }),
  );
}

function describe({ mediaType, bytes }: Blob): Descriptor {
  return { mediaType, digest: digestOf(bytes), size: bytes.length };
}
