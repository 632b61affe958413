import type { JWK } from 'jose';
import * as z from 'zod/mini';
import { ImageBuilderError, isFailure, readStrictJson, reasonOf } from '../core/index.ts';
import { type HttpClient, HttpError, redactUrl } from '../http/index.ts';
import type { TrustedIssuer } from './trusted-issuer.ts';

export interface KeyRequest {
  readonly http: HttpClient;
  /** Milliseconds for all that is asked, repetitions included. */
  readonly deadline: number;
  readonly signal?: AbortSignal | undefined;
}

/** Bytes. GitHub's metadata have about 1,000, its keys about 10,000. */
const maxMetadata = 64 * 1024;
const maxKeySet = 256 * 1024;
const maxKeys = 64;

/** OpenID Connect Discovery 1.0, 4.2. */
const metadataSchema = z.object({ issuer: z.string(), jwks_uri: z.string() });

/** RFC 7517, 4 and 5; what else a key has is read by whoever uses it. */
const keySetSchema = z.object({
  keys: z
    .array(
      z.looseObject({
        kty: z.string(),
        kid: z.optional(z.string()),
        use: z.optional(z.string()),
        alg: z.optional(z.string()),
        crv: z.optional(z.string()),
      }),
    )
    .check(z.maxLength(maxKeys)),
});

/**
 * The keys that an issuer publishes, found by OpenID Connect discovery. Calls nothing but the issuer's own origin, over
 * https. Throws `identity.unavailable`, or `cancelled`.
 */
export async function fetchKeys(issuer: TrustedIssuer, request: KeyRequest): Promise<readonly JWK[]> {
  const deadline = AbortSignal.timeout(request.deadline);
  const signal = AbortSignal.any([deadline, ...(request.signal ? [request.signal] : [])]);
  const read = <T>(url: URL, limit: number, schema: z.ZodMiniType<T>) =>
    readDocument({ http: request.http, issuer, signal, url, limit }, schema);
  const metadataUrl = new URL(`${issuer.url.replace(/\/$/, '')}/.well-known/openid-configuration`);
  try {
    const metadata = await read(metadataUrl, maxMetadata, metadataSchema);
    if (metadata.issuer !== issuer.url)
      throw unavailable(issuer, metadataUrl, 'it answers as another issuer');
    const { keys } = await read(keysUrl(issuer, metadataUrl, metadata.jwks_uri), maxKeySet, keySetSchema);
    return keys as readonly JWK[];
  } catch (error) {
    if (!isFailure(error, 'cancelled') || request.signal?.aborted || !deadline.aborted) throw error;
    throw unavailable(issuer, metadataUrl, `no answer in ${request.deadline / 1000} s`);
  }
}

function keysUrl(issuer: TrustedIssuer, metadataUrl: URL, untrustedUrl: string): URL {
  const url = URL.canParse(untrustedUrl) ? new URL(untrustedUrl) : undefined;
  if (url?.origin === metadataUrl.origin && url.username === '' && url.password === '') return url;
  throw unavailable(issuer, metadataUrl, 'its keys are somewhere else');
}

interface DocumentRequest {
  readonly http: HttpClient;
  readonly issuer: TrustedIssuer;
  readonly signal: AbortSignal;
  readonly url: URL;
  /** Bytes. */
  readonly limit: number;
}

async function readDocument<T>(request: DocumentRequest, schema: z.ZodMiniType<T>): Promise<T> {
  const { http, issuer, signal, url, limit } = request;
  const get = {
    method: 'GET',
    url,
    headers: { accept: 'application/json' },
    redirects: 'answer',
    signal,
  } as const;
  try {
    return await http.request(get, async (response) => {
      if (response.status !== 200) throw unavailable(issuer, url, `it answers ${response.status}`);
      const read = readStrictJson(await response.bytes(limit));
      const parsed = read.kind === 'value' ? schema.safeParse(read.value) : undefined;
      if (parsed?.success) return parsed.data;
      throw unavailable(issuer, url, 'its answer is not what an issuer says');
    });
  } catch (error) {
    if (error instanceof HttpError) throw unavailable(issuer, url, reasonOf(error), error);
    throw error;
  }
}

function unavailable(
  issuer: TrustedIssuer,
  url: URL,
  reason: string,
  cause?: unknown,
): ImageBuilderError<'identity.unavailable'> {
  const message = `issuer "${issuer.name}" does not give out its keys: ${reason}`;
  const hint = cause instanceof HttpError ? cause.facts.hint : undefined;
  return new ImageBuilderError(
    'identity.unavailable',
    message,
    { issuer: issuer.name, url: redactUrl(url) },
    { hint, cause },
  );
}
