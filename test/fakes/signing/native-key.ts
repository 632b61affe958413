import { type KeyObject, X509Certificate as NativeCertificate } from 'node:crypto';
import type { X509Certificate } from '@peculiar/x509';

/** The public key of a certificate. */
export function nativeKeyOf(certificate: X509Certificate): KeyObject {
  return new NativeCertificate(Buffer.from(certificate.rawData)).publicKey;
}
