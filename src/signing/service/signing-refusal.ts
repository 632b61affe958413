/** Every answer of the service that is not a success: its code, which never changes its meaning, and its status. */
const statuses = {
  'request-invalid': 400,
  'certificate-missing': 403,
  'certificate-untrusted': 403,
  'client-unknown': 403,
  'gun-forbidden': 403,
  'path-unknown': 404,
  'digest-unknown': 404,
  'method-not-allowed': 405,
  'body-too-large': 413,
  'media-type-unsupported': 415,
  'size-mismatch': 422,
  'rate-exceeded': 429,
  internal: 500,
  busy: 503,
  'shutting-down': 503,
  'registry-unavailable': 503,
  'signing-failed': 503,
} as const;

export type RefusalCode = keyof typeof statuses;

interface RefusalOptions {
  /** Seconds after which the same request may succeed. */
  readonly retryAfter?: number;
  /** For the log; the client never sees it. */
  readonly cause?: unknown;
}

/** Thrown by the steps of the service; `message` is what the client reads. */
export class SigningRefusal extends Error {
  override readonly name = 'SigningRefusal';
  readonly code: RefusalCode;
  readonly retryAfter: number | undefined;

  constructor(code: RefusalCode, message: string, { retryAfter, cause }: RefusalOptions = {}) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
    this.retryAfter = retryAfter;
  }

  get status(): number {
    return statuses[this.code];
  }
}
