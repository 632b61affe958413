import { readFile } from 'node:fs/promises';
import { ImageBuilderError, reasonOf } from '../../core/index.ts';
import { type HttpClient, HttpError } from '../../http/index.ts';
import { parseCertificates } from '../certificates/parse-certificate.ts';
import type { KeySpec } from '../keys/key-spec.ts';
import { SignatureRejected } from '../signed-envelope.ts';
import { requestTimestamp } from './request-timestamp.ts';
import { verifyTimestamp } from './verify-timestamp.ts';

export interface TimestampingOptions {
  /** Name of the signer in the configuration; errors say it. */
  readonly signer: string;
  /** Of an authority that speaks RFC 3161 over HTTP. */
  readonly url: string;
  /** PEM file with the self-signed certificates that the authority must lead to. */
  readonly rootsPath: string;
}

export interface TimestampingPorts {
  readonly http: HttpClient;
  /** Eight random bytes, new at every call. */
  readonly nonce: () => Uint8Array;
  readonly signal?: AbortSignal | undefined;
}

/** Has signatures stamped by one authority. */
export interface Timestamping {
  /** Throws `signing.failed` when the roots cannot be read. */
  check(): Promise<void>;
  /** A DER token over raw signature bytes. Throws `signing.failed`, `signing.unavailable` or SignatureRejected. */
  stamp(signature: Uint8Array, spec: KeySpec): Promise<Uint8Array>;
  /** Whether a token is one of this authority over this signature. Throws `signing.failed`. */
  accepts(token: Uint8Array, signature: Uint8Array): Promise<boolean>;
}

/** Bytes; a token with its certificates has a few thousand. */
const largestReply = 256 * 1024;

export function timestamping(options: TimestampingOptions, ports: TimestampingPorts): Timestamping {
  const { url } = options;
  return {
    check: async () => {
      await readRoots(options);
    },
    accepts: async (token, signature) => {
      const roots = await readRoots(options);
      try {
        verifyTimestamp({ token, signature, roots });
        return true;
      } catch (error) {
        if (error instanceof SignatureRejected) return false;
        throw error;
      }
    },
    stamp: async (signature, spec) => {
      const roots = await readRoots(options);
      const send = (address: string, body: Uint8Array) => post(ports, address, body);
      try {
        return await requestTimestamp({ url, roots, send, nonce: ports.nonce }, signature, spec.hash);
      } catch (error) {
        throw error instanceof HttpError ? unreachable(options, error) : error;
      }
    },
  };
}

async function post({ http, signal }: TimestampingPorts, url: string, body: Uint8Array): Promise<Uint8Array> {
  const headers = { 'content-type': 'application/timestamp-query' };
  return http.request(
    { method: 'POST', url: new URL(url), headers, body, signal },
    async (response) => {
      if (response.status === 200) return response.bytes(largestReply);
      throw new HttpError({
        fault: 'status',
        method: 'POST',
        url: response.url,
        reason: `answered ${response.status}, expected 200`,
        temporary: false,
        status: response.status,
      });
    },
    { signal },
  );
}

async function readRoots({ signer, rootsPath }: TimestampingOptions) {
  try {
    const roots = parseCertificates(await readFile(rootsPath, 'utf8'));
    if (roots.length === 0) throw new Error('it holds no certificate');
    return roots;
  } catch (cause) {
    throw new ImageBuilderError(
      'signing.failed',
      `signer "${signer}": the roots of the timestamping authority cannot be read from "${rootsPath}": ${reasonOf(cause)}`,
      { signer, failed: [rootsPath] },
      { hint: '"timestamp-roots" must name a file with PEM certificates', cause },
    );
  }
}

function unreachable({ signer }: TimestampingOptions, error: HttpError): ImageBuilderError {
  return new ImageBuilderError(
    error.facts.temporary ? 'signing.unavailable' : 'signing.failed',
    `signer "${signer}": no timestamp: ${error.message}`,
    { signer, failed: [] },
    { hint: error.facts.hint, cause: error },
  );
}
