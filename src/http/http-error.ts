import { redactUrl } from './redact-url.ts';

/**
 * Which side failed: the server's answer (`status`), the way to it (`network`), its identity (`certificate`), or what
 * it sent (`response`: too large, not JSON, a redirect that we do not follow).
 */
type HttpFault = 'status' | 'network' | 'certificate' | 'response';

export interface HttpErrorFacts {
  readonly fault: HttpFault;
  readonly method: string;
  readonly url: URL;
  /** A few words without any secret, for example `503` or `ECONNRESET`. */
  readonly reason: string;
  /** Whether the same request may succeed a moment later. */
  readonly temporary: boolean;
  /** Whether no byte of the request left us, so that the server surely did nothing; else nobody can know. */
  readonly neverSent?: boolean | undefined;
  readonly status?: number | undefined;
  /** The `Retry-After` header as it came. */
  readonly retryAfter?: string | undefined;
  /** How often the request was sent before it was given up; absent while it may still be retried. */
  readonly attempts?: number | undefined;
  readonly hint?: string | undefined;
  readonly cause?: unknown;
}

/** What `http` throws; each caller wraps it once, at its own border. Its message is safe to print. */
export class HttpError extends Error {
  override readonly name = 'HttpError';
  readonly facts: HttpErrorFacts;

  constructor(facts: HttpErrorFacts) {
    const tried = facts.attempts === undefined || facts.attempts === 1 ? '' : ` (${facts.attempts} attempts)`;
    super(
      `${facts.method} ${redactUrl(facts.url)}: ${facts.reason}${tried}`,
      facts.cause === undefined ? undefined : { cause: facts.cause },
    );
    this.facts = facts;
  }

  /** The URL as it may be printed. */
  get url(): string {
    return redactUrl(this.facts.url);
  }

  /** The same fault, marked so that no retry around this one starts over. */
  givenUp(attempts: number): HttpError {
    return new HttpError({ ...this.facts, attempts, cause: this.facts.cause ?? this });
  }
}
