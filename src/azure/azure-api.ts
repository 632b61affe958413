import type { Secret } from '../core/index.ts';
import type { HttpClient, HttpMethod, HttpResponse, RetryNotice } from '../http/index.ts';
import { atBorder, credentialRefused, statusFailure, unreadable, wantsSignIn } from './azure-failure.ts';
import type { AzureCredential } from './credential.ts';
import { serviceWords } from './service-words.ts';
import type { Throttle } from './throttle.ts';

/** The released version of every resource that is used here. */
const apiVersion = '7.1';

/** Bytes. A timeline of thousands of steps, and the list of a pipeline's runs, are larger than other answers. */
export const largeAnswer = 64 * 1024 * 1024;

export interface AzureCall {
  readonly method: HttpMethod;
  /** What follows `_apis/`. */
  readonly path: string;
  readonly query?: Readonly<Record<string, number | undefined>>;
  readonly accept?: 'text/plain';
  /** Sent as JSON. */
  readonly body?: unknown;
  /** What the body holds and no message may repeat. */
  readonly secrets?: readonly Secret[];
  readonly signal: AbortSignal | undefined;
}

export interface AzureContext {
  readonly http: HttpClient;
  readonly organizationUrl: string;
  readonly project: string;
  readonly credential: AzureCredential;
  readonly throttle: Throttle;
  readonly suppressSignInRedirect: boolean;
  readonly onRetry: ((notice: RetryNotice) => void) | undefined;
}

/** The REST API of a project with authorization, retries and our errors; the operations are built on it. */
export interface AzureApi {
  /**
   * One attempt, or a second one with a renewed credential. The answer has a good status, and the caller reads or
   * discards it. Throws `HttpError` for what may pass.
   */
  open(call: AzureCall): Promise<HttpResponse>;
  /** One attempt, whose answer is let go of after `read`. Throws `HttpError` for what may pass. */
  exchange<T>(call: AzureCall, read: ReadAnswer<T>): Promise<T>;
  /** `exchange`, repeated as long as the fault may pass. */
  request<T>(call: AzureCall, read: ReadAnswer<T>): Promise<T>;
  /** Work that is repeated as long as it throws an `HttpError` that may pass. Lets only our own errors out. */
  retrying<T>(work: (attempt: number) => Promise<T>, signal: AbortSignal | undefined): Promise<T>;
}

export type ReadAnswer<T> = (response: HttpResponse) => Promise<T>;

export function azureApi(context: AzureContext): AzureApi {
  const { http, credential, onRetry } = context;
  const api: AzureApi = {
    async open(call) {
      const authorization = await credential.authorization(call.signal);
      const response = await send(context, call, authorization);
      if (!wantsSignIn(response)) return accepted(response, call, authorization);
      response.discard();
      const renewed = await credential.renewed(authorization, call.signal);
      if (renewed === undefined) throw credentialRefused({ method: call.method, response });
      const second = await send(context, call, renewed);
      if (!wantsSignIn(second)) return accepted(second, call, renewed);
      second.discard();
      throw credentialRefused({ method: call.method, response: second });
    },
    async exchange(call, read) {
      const response = await api.open(call);
      try {
        return await read(response);
      } finally {
        response.discard();
      }
    },
    request: (call, read) => api.retrying(() => api.exchange(call, read), call.signal),
    retrying: (work, signal) => atBorder(() => http.retrying(work, { signal, onRetry }), signal),
  };
  return api;
}

/** Reads JSON from after any byte order mark; undefined when there is no body at all. */
export async function readJson(response: HttpResponse, method: HttpMethod, limit?: number): Promise<unknown> {
  const untrustedText = await response.text(limit);
  if (untrustedText.trim() === '') return undefined;
  try {
    return JSON.parse(untrustedText);
  } catch {
    throw unreadable({ method, response }, 'the answer is not JSON');
  }
}

async function send(context: AzureContext, call: AzureCall, authorization: Secret): Promise<HttpResponse> {
  const { method, accept = 'application/json', body, signal } = call;
  const response = await context.http.open({
    method,
    url: addressOf(context, call),
    headers: {
      accept,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(context.suppressSignInRedirect ? { 'x-tfs-fedauthredirect': 'Suppress' } : {}),
    },
    authorization,
    body: body === undefined ? undefined : Buffer.from(JSON.stringify(body)),
    redirects: 'answer',
    faults: 'answer',
    signal,
  });
  context.throttle.note(response);
  return response;
}

function addressOf({ organizationUrl, project }: AzureContext, { path, query }: AzureCall): URL {
  const organization = organizationUrl.replace(/\/+$/, '');
  const url = new URL(`${organization}/${encodeURIComponent(project)}/_apis/${path}`);
  url.searchParams.set('api-version', apiVersion);
  for (const [name, value] of Object.entries(query ?? {}))
    if (value !== undefined) url.searchParams.set(name, String(value));
  return url;
}

async function accepted(
  response: HttpResponse,
  { method, secrets = [] }: AzureCall,
  authorization: Secret,
): Promise<HttpResponse> {
  if (response.status < 300) return response;
  const [, token = ''] = authorization.reveal().split(' ');
  const words = await serviceWords(response, [token, ...secrets.map((secret) => secret.reveal())]);
  response.discard();
  throw statusFailure({ method, response, words });
}
