import type { Dispatcher } from 'undici';
import { humanBytes, humanSeconds } from '../core/index.ts';
import { HttpError, type HttpErrorFacts } from './http-error.ts';
import type { HttpRequest } from './http-request.ts';
import { networkFault } from './network-fault.ts';

/** Enough for the answers of an API; larger ones are streamed. */
const defaultLimit = 8 * 1024 * 1024;
/** Up to here reading the rest of an unwanted body is cheaper than a new connection. */
const drainLimit = 64 * 1024;

/** An answer whose status was not a temporary fault. The body can be read once. */
export interface HttpResponse {
  readonly status: number;
  /** Where it came from, after redirects. */
  readonly url: URL;
  /** Several headers of one name are joined with a comma. */
  header(name: string): string | undefined;
  /** Throws when the body has more than `limit` bytes. */
  bytes(limit?: number): Promise<Uint8Array>;
  text(limit?: number): Promise<string>;
  json(limit?: number): Promise<unknown>;
  /** The body as it arrives; leaving the loop early closes the connection. */
  stream(): AsyncIterable<Uint8Array>;
  /** Lets go of a body that nobody wants; harmless after reading it. */
  discard(): void;
}

export interface ReceivedAnswer {
  readonly request: HttpRequest;
  readonly data: Dispatcher.ResponseData;
  /** Milliseconds that a body may take which is read at once. */
  readonly wholeBody: number;
  /** What to throw when reading fails because the caller cancelled. */
  readonly cancellation: () => Error | undefined;
}

/** Wraps what undici received; faults while reading are classified like those before. */
export function httpResponse({ request, data, wholeBody, cancellation }: ReceivedAnswer): HttpResponse {
  const { method, url } = request;
  const header = (name: string) => headerOf(data, name);
  const wrong = (reason: string, cause?: unknown) => fault({ reason, temporary: false, cause });
  const fault = (facts: Pick<HttpErrorFacts, 'reason' | 'temporary' | 'cause'>) =>
    new HttpError({
      ...facts,
      fault: 'response',
      method,
      url,
      status: data.statusCode,
    });
  async function* stream(): AsyncGenerator<Uint8Array> {
    try {
      for await (const chunk of data.body) yield chunk as Uint8Array;
    } catch (error) {
      throw cancellation() ?? (error instanceof HttpError ? error : networkFault(error, { method, url }));
    }
  }
  async function bytes(limit = defaultLimit): Promise<Uint8Array> {
    const tooLarge = () => wrong(`the answer is larger than ${humanBytes(limit)}`);
    if (method !== 'HEAD' && Number(header('content-length') ?? 0) > limit) throw tooLarge();
    const late = fault({
      reason: `the answer was not complete after ${humanSeconds(wholeBody / 1000)}`,
      temporary: true,
    });
    const deadline = setTimeout(() => data.body.destroy(late), wholeBody);
    const chunks: Uint8Array[] = [];
    let size = 0;
    try {
      for await (const chunk of stream()) {
        size += chunk.length;
        if (size > limit) throw tooLarge();
        chunks.push(chunk);
      }
    } finally {
      clearTimeout(deadline);
    }
    return Buffer.concat(chunks);
  }
  const text = async (limit?: number) => new TextDecoder().decode(await bytes(limit));
  async function json(limit?: number): Promise<unknown> {
    const content = await text(limit);
    try {
      return JSON.parse(content);
    } catch {
      throw wrong('the answer is not JSON');
    }
  }
  return { status: data.statusCode, url, header, bytes, text, json, stream, discard: () => drain(data) };
}

/** One header of an answer; several of one name are joined with a comma. */
export function headerOf({ headers }: Dispatcher.ResponseData, name: string): string | undefined {
  const value = headers[name.toLowerCase()];
  return Array.isArray(value) ? value.join(', ') : value;
}

/** Lets go of a body, keeping the connection when what is left of it is small. */
export function drain({ body }: Dispatcher.ResponseData): void {
  body.on('error', () => undefined);
  if (body.readableDidRead || body.destroyed) body.destroy();
  else body.dump({ limit: drainLimit }).catch(() => body.destroy());
}
