import { digestHex, digestOf } from '../../oci/index.ts';
import type { X509Certificate } from './x509.ts';

/** SHA-256 of the DER bytes in lower-case hexadecimal, as notation writes it. */
export function thumbprintOf(certificate: X509Certificate): string {
  return digestHex(digestOf(new Uint8Array(certificate.rawData)));
}
