import type { X509Certificate } from './x509.ts';

const longestSubject = 200;

/** The subject on one line; what somebody else wrote into it cannot act on a terminal. */
export function printSubject(certificate: X509Certificate): string {
  const text = certificate.subject.replace(/\p{C}/gu, '\u{FFFD}');
  return text.length > longestSubject ? `${text.slice(0, longestSubject)}…` : text;
}

/** The subject as messages name a certificate. */
export function subjectOf(certificate: X509Certificate): string {
  return `"${printSubject(certificate)}"`;
}

/**
 * The attributes of the subject by their short names as RFC 4514 has them (`C`, `ST`, `O`, `CN`), others by object
 * identifier. An attribute may occur several times.
 */
export function subjectAttributes(certificate: X509Certificate): ReadonlyMap<string, readonly string[]> {
  const attributes = new Map<string, string[]>();
  for (const relativeName of certificate.subjectName.toJSON()) {
    for (const [name, values] of Object.entries(relativeName)) {
      attributes.set(name, [...(attributes.get(name) ?? []), ...values]);
    }
  }
  return attributes;
}
