import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import { parseCertificate } from '../certificates/parse-certificate.ts';
import { printSubject, subjectAttributes } from '../certificates/subject.ts';
import { SigningRefusal } from './signing-refusal.ts';

/** Who calls, from a certificate of an authority that we trust. */
export interface CallingClient {
  readonly attributes: ReadonlyMap<string, readonly string[]>;
  /** For the log. */
  readonly subject: string;
}

/**
 * The client at the other end. The TLS layer has checked the chain, the time and the purpose of its certificate when
 * the connection was made. Throws `certificate-missing` or `certificate-untrusted`.
 */
export function callingClient(socket: Socket): CallingClient {
  const presented = socket instanceof TLSSocket ? socket.getPeerX509Certificate() : undefined;
  if (!(socket instanceof TLSSocket) || presented === undefined)
    throw new SigningRefusal('certificate-missing', 'a client certificate is needed');
  if (!socket.authorized)
    throw new SigningRefusal('certificate-untrusted', 'the client certificate is not trusted', {
      cause: socket.authorizationError,
    });
  const certificate = parseCertificate(presented.raw);
  return { attributes: subjectAttributes(certificate), subject: printSubject(certificate) };
}
