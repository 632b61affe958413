import type { Readable } from 'node:stream';
import type { Secret } from '../core/index.ts';

export type HttpMethod = 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** A body of known length that is opened anew for every attempt, so that memory stays constant. */
export interface StreamBody {
  /** Bytes; the request fails when the stream has more or fewer. */
  readonly length: number;
  readonly open: () => Readable | Promise<Readable>;
  /** Bytes handed to the socket so far in this attempt. */
  readonly onSent?: ((bytes: number) => void) | undefined;
}

export interface HttpRequest {
  readonly method: HttpMethod;
  readonly url: URL;
  /** Names in lower case. Credentials go into `authorization` alone. */
  readonly headers?: Readonly<Record<string, string>>;
  /** The value of the `Authorization` header; never sent to another origin. */
  readonly authorization?: Secret | undefined;
  readonly body?: Uint8Array | StreamBody | undefined;
  /** Milliseconds without a byte sent or an answer begun; for servers that need long to commit what they got. */
  readonly headersTimeout?: number | undefined;
  /** `answer`: a redirect is the answer, and no other address is called. Followed for GET and HEAD when left out. */
  readonly redirects?: 'answer' | undefined;
  /** `answer`: 408, 429 and 5xx are answers too, for whoever reads what they say. Thrown when left out. */
  readonly faults?: 'answer' | undefined;
  readonly signal?: AbortSignal | undefined;
}
