import { HttpError } from './http-error.ts';
import type { HttpRequest } from './http-request.ts';

const redirectStatuses: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

/** As browsers' limits go this is low, but storage behind a registry is one or two hops away. */
const maxRedirects = 5;

/** What may follow to another origin; everything else could be a credential. */
const harmlessHeaders: ReadonlySet<string> = new Set(['accept', 'accept-encoding', 'range', 'user-agent']);

export interface RedirectAnswer {
  readonly status: number;
  readonly location: string | undefined;
  /** How many redirects were followed before this one. */
  readonly followed: number;
}

/**
 * The request that follows a redirect; undefined when the answer is none, or when the caller must decide: it said so,
 * or the method carries a body. Credentials stay with the origin (scheme, host, port) that they were meant for.
 */
export function followRedirect(request: HttpRequest, answer: RedirectAnswer): HttpRequest | undefined {
  const { method, url } = request;
  if (request.redirects === 'answer') return undefined;
  if (!redirectStatuses.has(answer.status) || answer.location === undefined) return undefined;
  if (method !== 'GET' && method !== 'HEAD') return undefined;
  const refuse = (reason: string) =>
    new HttpError({ fault: 'response', method, url, reason, temporary: false, status: answer.status });
  if (answer.followed >= maxRedirects) throw refuse(`more than ${maxRedirects} redirects`);
  if (!URL.canParse(answer.location, url.href)) throw refuse('redirect to an invalid location');
  const target = new URL(answer.location, url);
  if (target.protocol !== 'https:' && target.protocol !== url.protocol) {
    throw refuse(`redirect from ${url.protocol}// to ${target.protocol}// refused`);
  }
  target.username = '';
  target.password = '';
  if (target.origin === url.origin) return { ...request, url: target };
  const kept = Object.entries(request.headers ?? {}).filter(([name]) => harmlessHeaders.has(name));
  return { ...request, url: target, headers: Object.fromEntries(kept), authorization: undefined };
}
