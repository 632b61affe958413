import { nativeCertificate, publicKeyOf } from './parse-certificate.ts';
import type { X509Certificate } from './x509.ts';

/** The same chain stands in every signature of an image. */
const answers = new WeakMap<X509Certificate, WeakMap<X509Certificate, boolean>>();

/** Whether `issuer` has the name that `certificate` gives as its issuer's, and made its signature. */
export function isIssuedBy(certificate: X509Certificate, issuer: X509Certificate): boolean {
  const known = answers.get(certificate) ?? new WeakMap<X509Certificate, boolean>();
  answers.set(certificate, known);
  const answer = known.get(issuer) ?? hasIssued(issuer, certificate);
  known.set(issuer, answer);
  return answer;
}

function hasIssued(issuer: X509Certificate, certificate: X509Certificate): boolean {
  const [expected, actual] = [certificate.issuerName.toArrayBuffer(), issuer.subjectName.toArrayBuffer()];
  if (!Buffer.from(expected).equals(Buffer.from(actual))) return false;
  try {
    return nativeCertificate(certificate).verify(publicKeyOf(issuer));
  } catch {
    return false; // OpenSSL knows neither the key nor the algorithm.
  }
}
