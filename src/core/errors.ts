/** One fault in a text that people write: what is wrong, where, and the way out. */
export interface Problem {
  readonly message: string;
  /** Path of the file, or the name of another source such as `--tag`. */
  readonly source?: string;
  /** 1-based. */
  readonly line?: number;
  readonly column?: number;
  /** Where in the document, for example `sign-config.signers[0].type`. */
  readonly path?: string;
  readonly hint?: string;
}

/** What to tell the support of Azure DevOps, or of Entra, about a call. */
interface AzureAnswer {
  readonly method: string;
  readonly url: string;
  readonly activityId?: string;
  /** The service's own word for the fault, for example `PipelineValidationException`. */
  readonly typeKey?: string;
}

/** Every fault this product can end with, and what each one carries. `docs/errors.md` has a row for each. */
export interface Failures {
  'usage.invalid': { readonly argument: string };
  'config.invalid': { readonly problems: readonly Problem[] };
  'config.not-found': { readonly path: string };
  /** `path` of a checkout, or address of a repository. */
  'source.invalid': { readonly path: string };
  'source.too-large': { readonly url: string; readonly limit: string };
  'source.refused': { readonly url: string; readonly status: number };
  'source.unavailable': { readonly url: string; readonly status?: number };
  'request.invalid': { readonly field: string };
  'tag.invalid': { readonly tag: string; readonly position?: number };
  /** `claim` is a claim, a header of the token, or the part of it that is wrong. */
  'identity.rejected': { readonly claim: string; readonly reason: string };
  'identity.unavailable': { readonly issuer: string; readonly url: string };
  'policy.denied': { readonly rule: string };
  'policy.unexpected': { readonly cases: readonly string[] };
  'engine.not-found': { readonly tried: readonly string[] };
  'engine.failed': { readonly exitCode?: number | undefined };
  'build.failed': {
    readonly file?: string | undefined;
    readonly line?: number | undefined;
    readonly instruction?: string | undefined;
    readonly platform?: string | undefined;
    readonly output: readonly string[];
  };
  /** `cause` is the code of the first failure. */
  'builds.failed': { readonly failed: readonly string[]; readonly cause: string };
  'build.timed-out': { readonly seconds: number };
  'registry.refused': {
    readonly method: string;
    readonly url: string;
    readonly status: number;
    readonly registryCode?: string;
  };
  'registry.unavailable': { readonly method: string; readonly url: string; readonly status?: number };
  'registry.corrupt': { readonly url: string };
  'publish.incomplete': { readonly failed: readonly string[]; readonly published: readonly string[] };
  'signing.failed': { readonly signer: string; readonly failed: readonly string[] };
  'signing.unavailable': { readonly signer: string; readonly failed: readonly string[] };
  'signature.rejected': { readonly reference: string; readonly reasons: readonly string[] };
  'azure.refused': AzureAnswer & { readonly status: number };
  'azure.rejected': AzureAnswer & { readonly status: number };
  /** `uncertain`: a run may have been started. */
  'azure.unavailable': AzureAnswer & { readonly status?: number; readonly uncertain?: boolean };
  /** A build elsewhere failed; `cause` is the code of the failure there, where it is known. */
  'run.failed': {
    readonly url: string;
    readonly cause?: string;
    readonly file?: string;
    readonly line?: number;
  };
  'run.timed-out': { readonly url: string; readonly seconds: number };
  'report.unwritable': { readonly path: string };
  cancelled: { readonly signal: string };
  internal: { readonly where: string };
}

export type FailureCode = keyof Failures;

/**
 * What the process says to its caller. 0 done, 1 our bug, 2 the caller's input, 3 refused (identity, policy),
 * 4 the caller's build failed, 5 somebody else is down and a retry is worth it, 130 cancelled.
 */
export const exitCodes: Readonly<Record<FailureCode, 1 | 2 | 3 | 4 | 5 | 130>> = {
  'usage.invalid': 2,
  'config.invalid': 2,
  'config.not-found': 2,
  'source.invalid': 2,
  'source.too-large': 2,
  'source.refused': 3,
  'source.unavailable': 5,
  'request.invalid': 2,
  'tag.invalid': 2,
  'identity.rejected': 3,
  'identity.unavailable': 5,
  'policy.denied': 3,
  'policy.unexpected': 3,
  'engine.not-found': 2,
  'engine.failed': 5,
  'build.failed': 4,
  'builds.failed': 4,
  'build.timed-out': 4,
  'registry.refused': 3,
  'registry.unavailable': 5,
  'registry.corrupt': 5,
  'publish.incomplete': 5,
  'signing.failed': 3,
  'signing.unavailable': 5,
  'signature.rejected': 3,
  'azure.refused': 3,
  'azure.rejected': 2,
  'azure.unavailable': 5,
  'run.failed': 5,
  'run.timed-out': 5,
  'report.unwritable': 2,
  cancelled: 130,
  internal: 1,
};

/** The exit code of a failure; what failed elsewhere, or first of several, ends as it would have ended alone. */
export function exitCodeOf(error: ImageBuilderError): number {
  const joins = isFailure(error, 'run.failed') || isFailure(error, 'builds.failed');
  const there = joins ? error.details.cause : undefined;
  const code = there !== undefined && Object.hasOwn(exitCodes, there) ? (there as FailureCode) : error.code;
  return exitCodes[code];
}

export interface FailureOptions {
  /** The way out, in words for the person who reads it. */
  readonly hint?: string | undefined;
  readonly cause?: unknown;
}

/**
 * The one error class. `message` is lower case without a full stop and never holds a secret, a header or a whole
 * response; `hint` is the way out.
 */
export class ImageBuilderError<C extends FailureCode = FailureCode> extends Error {
  override readonly name = 'ImageBuilderError';
  readonly code: C;
  readonly details: Failures[C];
  readonly hint: string | undefined;

  constructor(code: C, message: string, details: Failures[C], options: FailureOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.details = details;
    this.hint = options.hint;
  }
}

/** Narrows an unknown thrown value to one of our errors, optionally with a certain code. */
export function isFailure<C extends FailureCode>(error: unknown, code?: C): error is ImageBuilderError<C> {
  return error instanceof ImageBuilderError && (code === undefined || error.code === code);
}

/** The same failure, with what it is about: an image of several, or a node. */
export function withSubject(subject: string, error: ImageBuilderError): ImageBuilderError {
  const { code, message, details, hint, cause } = error;
  return new ImageBuilderError(code, `${subject}: ${message}`, details, { hint, cause });
}

/** The text of any thrown value, for messages that wrap it. */
export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Throws the cancellation error when `signal` is already aborted. */
export function throwIfCancelled(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw cancelled(signal);
}

/** The error of a run that was cancelled; the signal's reason is the name of the process signal, if it has one. */
export function cancelled(signal?: AbortSignal): ImageBuilderError<'cancelled'> {
  const name = typeof signal?.reason === 'string' ? signal.reason : 'SIGINT';
  return new ImageBuilderError('cancelled', 'cancelled', { signal: name });
}
