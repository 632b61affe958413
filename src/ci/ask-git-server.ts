import { ImageBuilderError } from '../core/index.ts';
import { type HttpClient, HttpError, type HttpResponse, redactUrl } from '../http/index.ts';
import type { RemoteRepository } from './git-remote.ts';
import { authorizationOf, type GitServer } from './git-server.ts';

const advertisement = 'application/x-git-upload-pack-advertisement';

export interface GitServerQuestion {
  readonly repository: RemoteRepository;
  readonly server: GitServer;
  readonly http: HttpClient;
  readonly signal: AbortSignal;
}

/** The address that git is called with. Servers that do without `.git` accept it, others redirect without. */
export function gitUrl({ url }: RemoteRepository): string {
  return `${url}.git`;
}

/**
 * Begins to talk as git would (gitprotocol-http(5)), since the status of an answer says more than git's words do.
 * Throws `source.refused` or `source.unavailable`; an `HttpError` for what may pass.
 */
export async function askGitServer({ repository, server, http, signal }: GitServerQuestion): Promise<void> {
  const url = new URL(`${gitUrl(repository)}/info/refs?service=git-upload-pack`);
  const response = await http.open({
    method: 'GET',
    url,
    headers: { 'git-protocol': 'version=2' },
    authorization: authorizationOf(server),
    redirects: 'answer',
    signal,
  });
  response.discard();
  if (response.status !== 200) throw refused(repository, server, response);
  const type = response.header('content-type') ?? 'no type';
  if (type !== advertisement)
    throw unavailable(repository, `it answers with "${type.slice(0, 100)}", as no git server does`);
}

/** The error of a server that does not do its work. */
export function unavailable(
  { url }: RemoteRepository,
  reason: string,
  cause?: unknown,
): ImageBuilderError<'source.unavailable'> {
  const status = cause instanceof HttpError ? cause.facts.status : undefined;
  const hint = cause instanceof HttpError ? cause.facts.hint : undefined;
  return new ImageBuilderError(
    'source.unavailable',
    `"${url}" cannot be read: ${reason}`,
    { url, ...(status === undefined ? {} : { status }) },
    { hint, cause },
  );
}

function refused(
  repository: RemoteRepository,
  { host, token }: GitServer,
  response: HttpResponse,
): ImageBuilderError<'source.refused'> {
  const { status } = response;
  const { url } = repository;
  const hint = status >= 300 && status < 400 ? movedTo(response) : loginHint(host, token !== undefined);
  const message = `"${host}" does not give out "${repository.owner}/${repository.name}": it answers ${status}`;
  return new ImageBuilderError('source.refused', message, { url, status }, { hint });
}

function movedTo(response: HttpResponse): string {
  const location = response.header('location') ?? '';
  const target = URL.canParse(location, response.url.href)
    ? redactUrl(new URL(location, response.url))
    : 'somewhere else';
  return `it sends us to ${target}, where we do not follow; name the repository as it is called now`;
}

function loginHint(host: string, withToken: boolean): string {
  return withToken
    ? `the token for "${host}" in "source.hosts" must be valid and may have to be allowed to read this repository`
    : `a private repository needs a token for "${host}" in "source.hosts"`;
}
