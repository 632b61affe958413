import { type Descriptor, digestOf, emptyConfig, mediaTypes } from '../oci/index.ts';

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
      config: emptyConfig.descriptor,
      layers: [describe(layer)],
      subject: { mediaType, digest, size },
      annotations,
    }),
  );
}

function describe({ mediaType, bytes }: Blob): Descriptor {
  return { mediaType, digest: digestOf(bytes), size: bytes.length };
}
