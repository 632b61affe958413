import { rfc3339 } from '../../core/index.ts';
import { subjectOf } from './subject.ts';
import type { X509Certificate } from './x509.ts';

/** Says which certificate is not valid at that time, and why; undefined when all are. */
export function validityFault(chain: readonly X509Certificate[], time: Date): string | undefined {
  for (const certificate of chain) {
    const { notBefore, notAfter } = certificate;
    if (time < notBefore) return `certificate ${subjectOf(certificate)} is valid from ${rfc3339(notBefore)}`;
    if (time > notAfter) return `certificate ${subjectOf(certificate)} expired at ${rfc3339(notAfter)}`;
  }
  return undefined;
}

/** The end of the time in which all of them are valid. */
export function validUntil(chain: readonly X509Certificate[]): Date {
  return new Date(Math.min(...chain.map((certificate) => certificate.notAfter.getTime())));
}
