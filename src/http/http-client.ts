import type { Dispatcher } from 'undici';
import { type Clock, cancelled } from '../core/index.ts';
import { HttpError } from './http-error.ts';
import type { HttpRequest } from './http-request.ts';
import { drain, type HttpResponse, headerOf, httpResponse } from './http-response.ts';
import { type LinkedSignal, linkSignals } from './linked-signal.ts';
import { networkFault } from './network-fault.ts';
import { followRedirect } from './redirect.ts';
import { defaultRetryPolicy, type RetryNotice, type RetryPolicy, retrying } from './retrying.ts';
import { type Sleep, sleep } from './sleep.ts';
import {
  defaultTimeouts,
  type HttpTimeouts,
  type HttpTls,
  openTransport,
  type Transport,
} from './transport.ts';

export interface HttpClientOptions {
  readonly clock: Clock;
  /** In [0, 1), for the jitter of retries. */
  readonly random: () => number;
  readonly userAgent: string;
  readonly sleep?: Sleep;
  readonly policy?: Partial<RetryPolicy>;
  readonly timeouts?: Partial<HttpTimeouts>;
  readonly tls?: HttpTls | undefined;
}

interface RetryingOptions {
  readonly signal?: AbortSignal | undefined;
  readonly onRetry?: ((notice: RetryNotice) => void) | undefined;
}

/** The one way to call a server. Throws `HttpError`, or `cancelled` when the signal says so. */
export interface HttpClient {
  /**
   * One attempt, redirects of GET and HEAD followed unless there is a client certificate. 408, 429 and 5xx throw
   * unless the request asks for them; every other status is an answer, whose body the caller reads or discards.
   */
  open(request: HttpRequest): Promise<HttpResponse>;
  /** For what may be repeated: temporary faults are retried, also those while `read` runs. The body is let go of. */
  request<T>(
    request: HttpRequest,
    read: (response: HttpResponse) => Promise<T>,
    options?: RetryingOptions,
  ): Promise<T>;
  /** Runs several requests as one work that is repeated as a whole. */
  retrying<T>(work: (attempt: number) => Promise<T>, options?: RetryingOptions): Promise<T>;
  /** Cancels what still runs and ends all sockets, so that the process can exit. */
  close(): Promise<void>;
}

export function openHttpClient(options: HttpClientOptions): HttpClient {
  const closing = new AbortController();
  let transport: Promise<Transport> | undefined;
  const ready = () => {
    transport ??= openTransport({ timeouts: { ...defaultTimeouts, ...options.timeouts }, tls: options.tls });
    return transport;
  };
  const wholeBody = options.timeouts?.body ?? defaultTimeouts.body;
  const open = async (request: HttpRequest) => {
    const headers = { 'user-agent': options.userAgent, ...request.headers };
    const link = linkSignals(closing.signal, request.signal);
    return openFollowing({ transport: await ready(), wholeBody, link }, { ...request, headers });
  };
  const retry: HttpClient['retrying'] = async (work, { signal, onRetry } = {}) => {
    const link = linkSignals(closing.signal, signal);
    const { clock, random } = options;
    const policy = { ...defaultRetryPolicy, ...options.policy };
    try {
      return await retrying(work, {
        policy,
        clock,
        random,
        signal: link.signal,
        sleep: options.sleep ?? sleep,
        onRetry,
      });
    } catch (error) {
      throw cancellation(link) ?? error;
    } finally {
      link.release();
    }
  };
  return {
    open,
    retrying: retry,
    request: (request, read, retryOptions) =>
      retry(
        async () => {
          const response = await open(request);
          try {
            return await read(response);
          } finally {
            response.discard();
          }
        },
        { signal: request.signal, ...retryOptions },
      ),
    async close() {
      closing.abort('close');
      const opened = await transport?.catch(() => undefined);
      await opened?.destroy();
    },
  };
}

interface Opening {
  readonly transport: Transport;
  /** Milliseconds. */
  readonly wholeBody: number;
  readonly link: LinkedSignal;
}

async function openFollowing(
  { transport, wholeBody, link }: Opening,
  request: HttpRequest,
): Promise<HttpResponse> {
  try {
    let current = request;
    for (let followed = 0; ; followed++) {
      const data = await sendOnce(transport, current, link);
      const next = transport.showsCertificate ? undefined : nextRequest(current, data, followed);
      if (next === undefined) {
        data.body.once('close', link.release);
        return httpResponse({ request: current, data, wholeBody, cancellation: () => cancellation(link) });
      }
      drain(data);
      current = next;
    }
  } catch (error) {
    link.release();
    throw error;
  }
}

function nextRequest(
  request: HttpRequest,
  data: Dispatcher.ResponseData,
  followed: number,
): HttpRequest | undefined {
  try {
    return followRedirect(request, {
      status: data.statusCode,
      location: headerOf(data, 'location'),
      followed,
    });
  } catch (error) {
    drain(data);
    throw error;
  }
}

async function sendOnce(
  transport: Transport,
  request: HttpRequest,
  link: LinkedSignal,
): Promise<Dispatcher.ResponseData> {
  const { method, url } = request;
  let data: Dispatcher.ResponseData;
  try {
    link.signal.throwIfAborted();
    data = await transport.send(request, link.signal);
  } catch (error) {
    const { showsCertificate } = transport;
    throw cancellation(link) ?? networkFault(error, { method, url, showsCertificate });
  }
  const status = data.statusCode;
  if (request.faults === 'answer' || (status !== 408 && status !== 429 && status < 500)) return data;
  drain(data);
  const retryAfter = headerOf(data, 'retry-after');
  throw new HttpError({
    fault: 'status',
    method,
    url,
    reason: `${status}`,
    temporary: true,
    status,
    retryAfter,
  });
}

/** The error that a fault really is when the caller, or `close`, stopped the work. */
function cancellation(link: LinkedSignal): Error | undefined {
  const origin = link.origin();
  return origin === undefined ? undefined : cancelled(origin);
}
