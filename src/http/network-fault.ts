import { reasonOf } from '../core/index.ts';
import { HttpError, type HttpErrorFacts } from './http-error.ts';

/** Faults of Node's sockets and name lookups that pass by themselves. */
const temporaryCodes: ReadonlySet<string> = new Set([
  'EAI_AGAIN',
  'ECONNABORTED',
  'ECONNREFUSED',
  'ECONNRESET',
  'EHOSTDOWN',
  'EHOSTUNREACH',
  'ENETDOWN',
  'ENETUNREACH',
  'ENOTFOUND',
  'EPIPE',
  'ETIMEDOUT',
]);

/** Faults of undici that mean a mistake on our side or an answer that will not get better. */
const finalUndiciCodes: ReadonlySet<string> = new Set([
  'UND_ERR_CLOSED',
  'UND_ERR_DESTROYED',
  'UND_ERR_HEADERS_OVERFLOW',
  'UND_ERR_INVALID_ARG',
  'UND_ERR_INVALID_RETURN_VALUE',
  'UND_ERR_NOT_SUPPORTED',
  'UND_ERR_REQ_CONTENT_LENGTH_MISMATCH',
  'UND_ERR_RES_EXCEEDED_MAX_SIZE',
]);

/** OpenSSL's verification results as Node names them (`tls` documentation, "X509 certificate error codes"). */
const certificateCode =
  /^(?:CERT_|CRL_|ERR_TLS_CERT_|UNABLE_TO_|ERROR_IN_CERT_|ERROR_IN_CRL_|DEPTH_ZERO_SELF_SIGNED_CERT$|SELF_SIGNED_CERT_IN_CHAIN$|HOSTNAME_MISMATCH$|INVALID_CA$|INVALID_PURPOSE$|PATH_LENGTH_EXCEEDED$)/;

const words: Readonly<Record<string, string>> = {
  UND_ERR_CONNECT_TIMEOUT: 'no connection in time',
  UND_ERR_HEADERS_TIMEOUT: 'no answer in time',
  UND_ERR_BODY_TIMEOUT: 'the answer stopped in the middle',
  UND_ERR_SOCKET: 'the connection was closed',
  UND_ERR_REQ_CONTENT_LENGTH_MISMATCH: 'the body is not as long as announced',
};

/** How a connection ends that the other side cuts without a word. */
const cutCodes: ReadonlySet<string> = new Set(['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET']);

export interface FailedExchange {
  readonly method: string;
  readonly url: URL;
  /** Whether the server got to see a client certificate. */
  readonly showsCertificate?: boolean;
}

/** Turns whatever the transport threw into an `HttpError` that knows whether a retry can help. */
export function networkFault(error: unknown, exchange: FailedExchange): HttpError {
  if (error instanceof HttpError) return error;
  const { method, url, showsCertificate = false } = exchange;
  const coded = codedCause(error);
  const code = coded?.code;
  const common = { method, url, cause: error, neverSent: coded !== undefined && failedBeforeSending(coded) };
  if (code !== undefined && certificateCode.test(code))
    return new HttpError({ ...common, ...untrusted(code) });
  if (code?.startsWith('ERR_SSL_') || code === 'EPROTO') {
    const hint = handshakeHint(code, showsCertificate);
    return new HttpError({ ...common, fault: 'network', reason: code, temporary: false, hint });
  }
  const cut = code !== undefined && cutCodes.has(code);
  return new HttpError({
    ...common,
    fault: 'network',
    reason: code === undefined ? reasonOf(error) : (words[code] ?? code),
    temporary: code !== undefined && isTemporary(code),
    hint: cut && showsCertificate ? refusedHint : undefined,
  });
}

/** With TLS 1.3 a server looks at the certificate after the handshake, and most then close without an alert. */
const refusedHint =
  'the server may have refused the client certificate: many close the connection instead of saying so';

/** OpenSSL names the alert that the server sent (RFC 8446, 6.2). */
function handshakeHint(code: string, showsCertificate: boolean): string {
  if (!code.includes('ALERT_')) return 'the server may speak plain HTTP on this port';
  if (code.endsWith('ALERT_PROTOCOL_VERSION')) return 'the server must speak TLS 1.2 or later';
  return showsCertificate
    ? 'the server refused the client certificate, or the way to encrypt'
    : 'the server may want a client certificate';
}

function untrusted(code: string): Pick<HttpErrorFacts, 'fault' | 'reason' | 'temporary' | 'hint'> {
  return {
    fault: 'certificate',
    reason: `the certificate is not trusted (${code})`,
    temporary: false,
    hint: 'for a private certificate authority, set NODE_EXTRA_CA_CERTS to its PEM file',
  };
}

function isTemporary(code: string): boolean {
  return temporaryCodes.has(code) || (code.startsWith('UND_ERR_') && !finalUndiciCodes.has(code));
}

interface CodedError extends Error {
  readonly code: string;
  readonly syscall?: unknown;
}

/** Before a request is sent there is a name to look up, a connection to make and, for https, a certificate to see. */
function failedBeforeSending({ code, syscall }: CodedError): boolean {
  if (code === 'UND_ERR_CONNECT_TIMEOUT' || certificateCode.test(code)) return true;
  return syscall === 'connect' || syscall === 'getaddrinfo';
}

/** The first error with a code along the chain of causes; connecting to several addresses gives an AggregateError. */
function codedCause(error: unknown): CodedError | undefined {
  let current = error;
  for (let depth = 0; depth < 5 && current instanceof Error; depth++) {
    if (isCoded(current)) return current;
    current = current instanceof AggregateError ? current.errors[0] : current.cause;
  }
  return undefined;
}

function isCoded(error: Error): error is CodedError {
  return 'code' in error && typeof error.code === 'string';
}
