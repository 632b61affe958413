import { digestOf } from './digest.ts';
import type { Descriptor } from './manifest.ts';

const bytes = Buffer.from('{}');

/**
 * The configuration that an artifact without one has: OCI image specification v1.1, "Guidance for an Empty Descriptor".
 */
export const emptyConfig: { readonly descriptor: Descriptor; readonly bytes: Uint8Array } = {
  descriptor: { mediaType: 'application/vnd.oci.empty.v1+json', digest: digestOf(bytes), size: bytes.length },
  bytes,
};
