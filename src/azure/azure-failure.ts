import { ImageBuilderError, isFailure, throwIfCancelled } from '../core/index.ts';
import { HttpError, type HttpMethod, type HttpResponse, redactUrl } from '../http/index.ts';
import type { ServiceWords } from './service-words.ts';

/** An answer that is not what was asked for. */
export interface FailedAnswer {
  readonly method: HttpMethod;
  readonly response: HttpResponse;
  readonly words?: ServiceWords;
}

const refusedHint =
  'the credential may have expired, been revoked, or belong to another organization; a service principal must be a user of the organization';

const uncertainHint = 'the run may have been started: look for it before another one is started';

const hints: Readonly<Record<number, string>> = {
  403: 'the account in use lacks a permission on the project or the pipeline',
  404: 'check organization, project and pipeline in the configuration, and whether the account in use may see them',
};

/** Whether the service wants somebody to sign in: a plain 401, or the page or redirect that a browser would get. */
export function wantsSignIn(response: HttpResponse): boolean {
  const { status } = response;
  return (
    status === 401 || status === 203 || (status >= 300 && status < 400) || (status < 300 && isPage(response))
  );
}

/** Whether an answer is for a browser, which no API sends. */
export function isPage(response: HttpResponse): boolean {
  return /^text\/html\b/i.test(response.header('content-type') ?? '');
}

export function credentialRefused(answer: FailedAnswer): ImageBuilderError {
  const said = `${answer.response.status}, the credential is not accepted`;
  return answerFailure('azure.refused', answer, { said, hint: refusedHint });
}

/** What a status means that is no success: for good as our failure, for now as an `HttpError` to retry. */
export function statusFailure(answer: FailedAnswer): ImageBuilderError | HttpError {
  const { status } = answer.response;
  if (status === 408 || status === 429 || status >= 500)
    return passing(answer, answerFailure('azure.unavailable', answer));
  const code = status === 403 ? 'azure.refused' : 'azure.rejected';
  return answerFailure(code, answer, { hint: hints[status] });
}

interface Wording {
  /** The status and the words of the service when left out. */
  readonly said?: string;
  readonly hint?: string | undefined;
}

export function answerFailure(
  code: 'azure.refused' | 'azure.rejected' | 'azure.unavailable',
  answer: FailedAnswer,
  { said = saidBy(answer), hint }: Wording = {},
): ImageBuilderError {
  const { method, response, words } = answer;
  const url = redactUrl(response.url);
  const activityId = activityOf(response);
  const details = {
    method,
    url,
    status: response.status,
    ...(activityId === undefined ? {} : { activityId }),
    ...(words?.typeKey === undefined ? {} : { typeKey: words.typeKey }),
  };
  return new ImageBuilderError(code, `${method} ${url}: ${withActivity(said, response)}`, details, { hint });
}

/** A fault that may pass; `failure` is what it is when no retry helps. */
export function passing(answer: FailedAnswer, failure: ImageBuilderError): HttpError {
  const { method, response } = answer;
  return new HttpError({
    fault: 'status',
    method,
    url: response.url,
    reason: withActivity(saidBy(answer), response),
    temporary: true,
    status: response.status,
    retryAfter: response.header('retry-after'),
    cause: failure,
  });
}

/** An answer with a good status that cannot be understood; the next one may be better. */
export function unreadable({ method, response }: FailedAnswer, reason: string): HttpError {
  const { status, url } = response;
  return new HttpError({ fault: 'response', method, url, reason, temporary: true, status });
}

/** Turns a fault of the transport into ours, once, at the border of this module; other errors pass unchanged. */
export function asAzureFailure(error: unknown, more: { readonly uncertain?: true } = {}): unknown {
  if (!(error instanceof HttpError)) return error;
  const { method, status, cause } = error.facts;
  const hint = more.uncertain ? uncertainHint : isFailure(cause) ? cause.hint : error.facts.hint;
  if (isFailure(cause)) {
    const details = { ...cause.details, ...more };
    return new ImageBuilderError(cause.code, error.message, details, { hint, cause: error });
  }
  const details = { method, url: error.url, ...(status === undefined ? {} : { status }), ...more };
  return new ImageBuilderError('azure.unavailable', error.message, details, { hint, cause: error });
}

/** Runs `work` and lets only our own errors out; a cancellation wins over what it caused. */
export async function atBorder<T>(work: () => Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throwIfCancelled(signal);
    throw asAzureFailure(error);
  }
}

function saidBy({ response, words }: FailedAnswer): string {
  const quoted = words?.message === undefined ? undefined : `"${words.message}"`;
  return [response.status, words?.typeKey, quoted].filter((part) => part !== undefined).join(' ');
}

function withActivity(said: string, response: HttpResponse): string {
  const id = activityOf(response);
  return id === undefined ? said : `${said} (activity ${id})`;
}

/** What support asks for; Azure DevOps and Entra name it differently. */
function activityOf(response: HttpResponse): string | undefined {
  const id = response.header('activityid') ?? response.header('x-ms-request-id');
  return id !== undefined && /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(id) ? id : undefined;
}
