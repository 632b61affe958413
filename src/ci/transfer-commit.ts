import { join } from 'node:path';
import { ImageBuilderError } from '../core/index.ts';
import { describeRetry, type HttpClient, HttpError } from '../http/index.ts';
import { askGitServer, gitUrl, unavailable } from './ask-git-server.ts';
import { type GitResult, gitSays } from './call-git.ts';
import { type FetchSession, tooManyBytes } from './fetch-session.ts';
import { serverEnvironment } from './git-environment.ts';
import type { RemoteRepository } from './git-remote.ts';
import { type GitServer, serverOf } from './git-server.ts';
import { watchSize } from './watch-size.ts';

export interface CommitPlace {
  readonly repository: RemoteRepository;
  readonly commitSha: string;
  /** Absolute path of a git repository of our own. */
  readonly folder: string;
}

/**
 * Brings a commit without its history into the repository at `folder`. What may pass is tried again. Throws
 * `source.refused`, `source.unavailable`, or `source.invalid` for a commit that the server does not have.
 */
export async function transferCommit(place: CommitPlace, session: FetchSession): Promise<void> {
  await withServer(place.repository, session, async (server, http) => {
    await askGitServer({ repository: place.repository, server, http, signal: session.signal });
    await fetchPack(place, server, session);
  });
}

/** Calls a server until it is done with, or fails for good. */
export async function withServer<T>(
  repository: RemoteRepository,
  { options, signal }: FetchSession,
  work: (server: GitServer, http: HttpClient) => Promise<T>,
): Promise<T> {
  const server = serverOf(options.servers, repository.host);
  const http = options.openHttp(server.ca?.pem);
  try {
    return await http.retrying(() => work(server, http), {
      signal,
      onRetry: (notice) => options.emit({ kind: 'notice', level: 'info', message: describeRetry(notice) }),
    });
  } catch (error) {
    if (error instanceof HttpError) throw unavailable(repository, error.facts.reason, error);
    throw error;
  } finally {
    await http.close();
  }
}

async function fetchPack(place: CommitPlace, server: GitServer, session: FetchSession): Promise<void> {
  const { repository, commitSha, folder } = place;
  const { environment, limits } = session.options;
  using _ = watchSize({
    folder: join(folder, '.git/objects/pack'),
    maxBytes: limits.megabytes * 2 ** 20,
    onTooLarge: () => session.stop(tooManyBytes(repository, limits)),
  });
  const options = ['--quiet', '--no-tags', '--depth=1', '--no-recurse-submodules', '--no-write-fetch-head'];
  const result = await session.git({
    directory: folder,
    args: ['fetch', ...options, '--', gitUrl(repository), commitSha],
    env: serverEnvironment({ environment, server, stallSeconds: limits.stallSeconds }),
  });
  if (result.exitCode !== 0) throw fetchFailure(place, result);
}

/** Git's own exit code where everything was transferred, but it was not what was asked for. */
const otherContent = 1;
/** What a server says of a commit that it does not have, and what git says where a server gives out no commit by its id. */
const missingCommit = /not our ref|unadvertised object/;

function fetchFailure({ repository, commitSha }: CommitPlace, result: GitResult): Error {
  if (result.exitCode === otherContent) {
    return unavailable(repository, `it did not send commit "${commitSha}", but something else`);
  }
  if (missingCommit.test(result.stderr)) return notThere(repository, commitSha);
  return onTheWay(repository, result);
}

/** The fault of a git that failed although its server had said just before that it would serve. */
export function onTheWay(repository: RemoteRepository, result: GitResult): HttpError {
  const url = new URL(`${gitUrl(repository)}/git-upload-pack`);
  return new HttpError({ fault: 'network', method: 'POST', url, reason: gitSays(result), temporary: true });
}

/** The error of a commit that a server does not have. */
export function notThere({ url, owner, name }: RemoteRepository, commitSha: string): ImageBuilderError {
  const message = `"${owner}/${name}" has no commit "${commitSha}"`;
  const hint = 'push the commit; one that no branch leads to any more is gone after a while';
  return new ImageBuilderError('source.invalid', message, { path: url }, { hint });
}
