import { type KeyObject, X509Certificate as NativeCertificate } from 'node:crypto';
import { X509Certificate } from './x509.ts';

/** By their bytes: the same few stand in every signature, and reading one costs milliseconds. */
const known = new Map<string, X509Certificate>();
const mostKnown = 100;

/**
 * Reads one DER certificate; the same object for the same bytes. Both libraries behind it would also take PEM text, even
 * from inside a certificate, so that each could see another one in the same bytes: both must give back what they were
 * given. Throws a plain `Error`.
 */
export function parseCertificate(der: Uint8Array): X509Certificate {
  const bytes = Buffer.from(der).toString('base64');
  const found = known.get(bytes);
  if (found !== undefined) return found;
  const certificate = readCertificate(der);
  if (known.size >= mostKnown) known.clear();
  known.set(bytes, certificate);
  return certificate;
}

function readCertificate(der: Uint8Array): X509Certificate {
  const certificate = new X509Certificate(der);
  const seen = [Buffer.from(certificate.rawData), new NativeCertificate(der).raw];
  if (!seen.every((bytes) => bytes.equals(der))) throw new Error('not one DER certificate and nothing else');
  if (Number.isNaN(certificate.notBefore.getTime() + certificate.notAfter.getTime()))
    throw new Error('no readable time of validity');
  return certificate;
}

/** Reads the certificates of a PEM text in their order; none when there is none. Throws a plain `Error`. */
export function parseCertificates(pem: string): X509Certificate[] {
  const blocks = pem.matchAll(/-----BEGIN CERTIFICATE-----([^-]*)-----END CERTIFICATE-----/g);
  return [...blocks].map(([, base64 = '']) => parseCertificate(Buffer.from(base64, 'base64')));
}

/** The same certificate as OpenSSL sees it, for signatures and keys. */
export function nativeCertificate(certificate: X509Certificate): NativeCertificate {
  return new NativeCertificate(Buffer.from(certificate.rawData));
}

/** Throws a plain `Error` when the key is of a kind that OpenSSL does not know. */
export function publicKeyOf(certificate: X509Certificate): KeyObject {
  return nativeCertificate(certificate).publicKey;
}
