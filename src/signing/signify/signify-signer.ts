import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { type Clock, humanSeconds, ImageBuilderError, reasonOf, rfc3339 } from '../../core/index.ts';
import {
  type HttpClient,
  type HttpClientOptions,
  HttpError,
  type HttpResponse,
  type RetryNotice,
} from '../../http/index.ts';
import { neutraliseLine } from '../../progress/index.ts';
import type { Signer, SigningTarget } from '../../signers/index.ts';
import { readSignifyCredentials, type SignifyCredentials } from './signify-credentials.ts';
import { nameOf, signifyRequest } from './signify-request.ts';

export interface SignifySignerOptions {
  /** Name of the signer in the configuration. */
  readonly name: string;
  /** The whole address that requests are posted to. */
  readonly endpoint: string;
  /** File with the client certificate and its key. */
  readonly secretPath: string;
  /** PEM file with the only authorities that may vouch for the service; those of the system without one. */
  readonly caPath?: string | undefined;
  /** Seconds that one answer may take. */
  readonly timeout: number;
  /** Seconds that the first pause before a repetition takes at most; it doubles with each. */
  readonly retryTimeout: number;
}

export interface SignifyPorts {
  /** Opens a client of its own for each image, since credentials may have been renewed since the last one. */
  readonly openHttp: (options: Pick<HttpClientOptions, 'tls' | 'policy' | 'timeouts'>) => HttpClient;
  readonly clock: Clock;
  /** Told in one sentence what a person should do something about soon, once for each certificate. */
  readonly warn: (message: string) => void;
  readonly onRetry?: ((notice: RetryNotice) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

const attempts = 5;
/** Milliseconds. A pause of zero would only hammer a service that is ill. */
const shortestFirstWait = 1_000;
const longestWait = 60_000;
/** Certificates are renewed every few days: one that ends sooner was forgotten. */
const soonSeconds = 48 * 3600;
/** Characters of the service's own words that a message quotes. */
const quotedLength = 300;
const quotedBytes = 64 * 1024;

/**
 * The remote signing service Signify, by mutual TLS. Its 202 means that the order was taken: nobody has seen a
 * signature yet. Network faults, 429 and 5xx are borne, and 408, by which a server says that the request did not
 * arrive in time; every other answer ends in `signing.failed` with the service's own words. The secret is read anew for
 * every image.
 */
export function signifySigner(options: SignifySignerOptions, ports: SignifyPorts): Signer {
  let warnedOf: string | undefined;
  const credentials = async (): Promise<SignifyCredentials> => {
    const now = ports.clock();
    const found = await readSignifyCredentials({ signer: options.name, path: options.secretPath }, now);
    const left = (found.validUntil.getTime() - now.getTime()) / 1000;
    if (left < soonSeconds && warnedOf !== found.certificate) {
      warnedOf = found.certificate;
      ports.warn(
        `signer "${options.name}": the certificate in "${options.secretPath}" expires in ${humanSeconds(left)}, at ${rfc3339(found.validUntil)}: renew the secret`,
      );
    }
    return found;
  };
  return {
    name: options.name,
    kind: 'notary',
    check: async () => {
      await Promise.all([credentials(), readAuthorities(options)]);
    },
    sign: async (target) => {
      const body = Buffer.from(JSON.stringify(signifyRequest(options.name, target)));
      const [client, ca] = await Promise.all([credentials(), readAuthorities(options)]);
      const http = ports.openHttp({ ...patience(options), tls: { client, ca } });
      try {
        await post(http, { options, ports, target, body });
      } finally {
        await http.close();
      }
      return { state: 'requested', reused: false };
    },
  };
}

function patience({ timeout, retryTimeout }: SignifySignerOptions) {
  const milliseconds = timeout * 1000;
  const firstWait = Math.max(shortestFirstWait, retryTimeout * 1000);
  return {
    timeouts: { headers: milliseconds, body: milliseconds },
    policy: {
      attempts,
      firstWait,
      longestWait: Math.max(longestWait, firstWait),
      // Attempts and timeouts are bounded already.
      deadline: Number.POSITIVE_INFINITY,
    },
  };
}

interface Order {
  readonly options: SignifySignerOptions;
  readonly ports: SignifyPorts;
  readonly target: SigningTarget;
  readonly body: Uint8Array;
}

async function post(http: HttpClient, order: Order): Promise<void> {
  const { options, ports, body } = order;
  const { signal, onRetry } = ports;
  const request = {
    method: 'POST',
    url: new URL(options.endpoint),
    headers: { 'content-type': 'application/json' },
    body,
    signal,
  } as const;
  try {
    await http.request(request, (response) => expectAccepted(response, order), { signal, onRetry });
  } catch (error) {
    throw error instanceof HttpError ? unreachable(error, order) : error;
  }
}

async function expectAccepted(response: HttpResponse, order: Order): Promise<void> {
  const { status } = response;
  if (status === 202) return;
  const words = await wordsOf(response);
  throw failure('signing.failed', order, `the service answered ${status}${words}, expected 202`, {
    hint: status < 400 ? 'check the address of the service in the configuration' : undefined,
  });
}

/** What the service says about its refusal, on one line that is safe to print. */
async function wordsOf(response: HttpResponse): Promise<string> {
  const untrustedText = await response.text(quotedBytes).catch(nothingOf);
  const line = [...neutraliseLine(untrustedText)];
  if (line.length === 0) return '';
  return ` "${line.slice(0, quotedLength).join('')}${line.length > quotedLength ? '…' : ''}"`;
}

/** An answer that is too long or breaks off has no words; its status stands. */
function nothingOf(error: unknown): string {
  if (error instanceof HttpError) return '';
  throw error;
}

function unreachable(error: HttpError, order: Order): ImageBuilderError {
  const { fault, temporary, hint } = error.facts;
  const code = temporary ? 'signing.unavailable' : 'signing.failed';
  const { caPath } = order.options;
  const authority =
    caPath === undefined
      ? 'for a private certificate authority, name its PEM file as "ca" in the configuration of the signer'
      : `the certificate of the service must be issued by an authority in "${caPath}"`;
  return failure(code, order, error.message, {
    hint: fault === 'certificate' ? authority : hint,
    cause: error,
  });
}

function failure(
  code: 'signing.failed' | 'signing.unavailable',
  { options, target }: Order,
  reason: string,
  details: { readonly hint?: string | undefined; readonly cause?: unknown },
): ImageBuilderError {
  const { name } = options;
  const failed = [nameOf(target)];
  return new ImageBuilderError(code, `signer "${name}": ${reason}`, { signer: name, failed }, details);
}

async function readAuthorities({ name, caPath }: SignifySignerOptions): Promise<string | undefined> {
  if (caPath === undefined) return undefined;
  try {
    const pem = await readFile(caPath, 'utf8');
    // The first one shows whether it is such a file at all.
    new X509Certificate(pem);
    return pem;
  } catch (cause) {
    throw new ImageBuilderError(
      'signing.failed',
      `signer "${name}": authorities "${caPath}" cannot be read: ${reasonOf(cause)}`,
      { signer: name, failed: [caPath] },
      { hint: '"ca" must name a file with PEM certificates', cause },
    );
  }
}
