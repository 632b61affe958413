import { type Secret, untilAborted } from '../core/index.ts';
import type { HttpMethod, HttpRequest, HttpResponse } from '../http/index.ts';
import type { Repository } from '../oci/index.ts';
import type { Access, Action } from './auth/access.ts';
import { Authorizer, type AuthorizerContext } from './auth/authorizer.ts';
import { apiRoot } from './registry-address.ts';
import { atBorder } from './registry-failure.ts';

/** One request about a repository. */
export interface RegistryCall extends Pick<HttpRequest, 'headers' | 'body' | 'headersTimeout'> {
  readonly repository: Repository;
  readonly method: HttpMethod;
  /** What follows `/v2/<name>/`, or the location that the registry gave us. */
  readonly target: string | URL;
  readonly actions: readonly Action[];
  /** The path of the repository, of the same registry, that a blob is mounted from. */
  readonly mountFrom?: string;
}

/** The distribution API with authorization, retries and our errors; the operations are built on it. */
export interface RegistryApi {
  /** Ends every call. */
  readonly signal: AbortSignal | undefined;
  /** The same connections and tokens, ended by another signal. */
  withSignal(signal: AbortSignal | undefined): RegistryApi;
  /** One attempt; the caller reads or discards the answer. Throws `HttpError`. */
  send(call: RegistryCall): Promise<HttpResponse>;
  /** One attempt, whose answer is let go of after `read`. Throws `HttpError`. */
  exchange<T>(call: RegistryCall, read: (response: HttpResponse) => Promise<T>): Promise<T>;
  /** `exchange`, repeated as long as the fault is temporary. */
  request<T>(call: RegistryCall, read: (response: HttpResponse) => Promise<T>): Promise<T>;
  /** Several calls, repeated as a whole. */
  retrying<T>(work: (attempt: number) => Promise<T>): Promise<T>;
  /** Gets what pushing to this repository needs before the first call needs it. */
  authorize(repository: Repository): Promise<void>;
}

export function registryApi(context: AuthorizerContext, signal: AbortSignal | undefined): RegistryApi {
  return apiWith(context, new Map(), signal);
}

function apiWith(
  context: AuthorizerContext,
  authorizers: Map<string, Authorizer>,
  signal: AbortSignal | undefined,
): RegistryApi {
  const authorizerOf = ({ registry }: Repository) => {
    const authorizer = authorizers.get(registry) ?? new Authorizer(registry, context);
    authorizers.set(registry, authorizer);
    return authorizer;
  };
  async function exchange<T>(call: RegistryCall, read: (response: HttpResponse) => Promise<T>): Promise<T> {
    const response = await api.send(call);
    try {
      return await read(response);
    } finally {
      response.discard();
    }
  }
  const api: RegistryApi = {
    signal,
    withSignal: (other) => apiWith(context, authorizers, other),
    send: (call) => sendAuthorized(call, { context, authorizer: authorizerOf(call.repository), signal }),
    exchange,
    request: (call, read) => api.retrying(() => exchange(call, read)),
    retrying: (work) =>
      atBorder(() => context.http.retrying(work, { signal, onRetry: context.onRetry }), signal),
    authorize: (repository) => {
      const access: Access = { path: repository.path, actions: ['pull', 'push'] };
      return atBorder(async () => {
        await untilAborted(authorizerOf(repository).authorization([access]), signal);
      }, signal);
    },
  };
  return api;
}

interface SendContext {
  readonly context: AuthorizerContext;
  readonly authorizer: Authorizer;
  readonly signal: AbortSignal | undefined;
}

/** Sends a call with our authorization, which goes to the registry alone, and once more when it was outdated. */
async function sendAuthorized(
  call: RegistryCall,
  { context, authorizer, signal }: SendContext,
): Promise<HttpResponse> {
  const { repository, target, method, headers = {}, body, headersTimeout } = call;
  const root = apiRoot(repository.registry, context.plainHttp);
  const url = typeof target === 'string' ? new URL(`${repository.path}/${target}`, root) : target;
  const open = (authorization: Secret | undefined) =>
    context.http.open({ method, url, headers, body, headersTimeout, signal, authorization });
  if (url.origin !== root.origin) return open(undefined);
  const access = accessOf(call);
  const authorization = await untilAborted(authorizer.authorization(access), signal);
  const response = await open(authorization);
  if (response.status !== 401) return response;
  const challengeHeader = response.header('www-authenticate');
  const renewal = authorizer.renewed(access, { challengeHeader, authorization });
  const fresh = await untilAborted(renewal, signal).catch((error: unknown) => {
    response.discard();
    throw error;
  });
  if (fresh === undefined) return response;
  response.discard();
  return open(fresh);
}

function accessOf({ repository, actions, mountFrom }: RegistryCall): readonly Access[] {
  const own: Access = { path: repository.path, actions };
  return mountFrom === undefined ? [own] : [own, { path: mountFrom, actions: ['pull'] }];
}
