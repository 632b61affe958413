import { mkdir, realpath, rm } from 'node:fs/promises';
import { ImageBuilderError, reasonOf } from '../core/index.ts';
import { commitTime } from './commit-time.ts';
import { fetchCommit } from './fetch-commit.ts';
import { type FetchOptions, type FetchSession, inSession } from './fetch-session.ts';
import { parseCommitId, parseRef, parseRepositoryName, type SourceRequest } from './source-request.ts';
import type { SourceReader, SourceState } from './source-state.ts';
import { fetchSubmodules } from './submodules.ts';
import type { CommitPlace } from './transfer-commit.ts';

export interface SourcePlace extends FetchOptions {
  /** Absolute path that does not exist yet, in a folder that belongs to us alone. The caller removes it after use. */
  readonly folder: string;
}

/** A commit on a git server, fetched when it is read. */
export function fetchedSource(request: SourceRequest, place: SourcePlace): SourceReader {
  return { read: (signal) => fetchSource(request, { ...place, signal }) };
}

/**
 * Fetches exactly the commit that is asked for, and nothing that it could run. Throws `request.invalid`,
 * `policy.denied` for a host that is not configured, `source.invalid`, `source.refused`, `source.too-large`,
 * `source.unavailable` or `cancelled`; then the folder is gone.
 */
export async function fetchSource(request: SourceRequest, place: SourcePlace): Promise<SourceState> {
  const { event, pullRequest } = request;
  const repository = parseRepositoryName(request);
  const commitSha = parseCommitId(request.commitSha);
  const ref = request.ref === undefined ? undefined : parseRef(request.ref);
  const root = await makeFolder(place.folder);
  const commit = { repository, commitSha, folder: root };
  try {
    const time = await inSession(place, repository, (session) => fetchAll(commit, session));
    const { owner, name, url } = repository;
    return {
      event,
      owner,
      name,
      commitSha,
      commitTime: time,
      ...(ref === undefined ? {} : { ref }),
      ...(pullRequest === undefined ? {} : { pullRequest }),
      dirty: false,
      root,
      url,
    };
  } catch (error) {
    await rm(root, { recursive: true, force: true });
    throw error;
  }
}

async function makeFolder(folder: string): Promise<string> {
  try {
    await mkdir(folder, { mode: 0o700 });
    return await realpath(folder);
  } catch (cause) {
    const message = `cannot fetch into "${folder}": ${reasonOf(cause)}`;
    throw new ImageBuilderError('source.invalid', message, { path: folder }, { cause });
  }
}

/** Returns the time of the commit. */
async function fetchAll(commit: CommitPlace, session: FetchSession): Promise<Date> {
  const { repository, commitSha, folder } = commit;
  const { emit, submodules } = session.options;
  const title = `${repository.owner}/${repository.name} at ${commitSha.slice(0, 7)}`;
  emit({ kind: 'notice', level: 'info', message: `fetching ${title} from ${repository.host}` });
  const found = await fetchCommit(commit, session);
  if (submodules) await fetchSubmodules({ ...commit, submodules: found }, session);
  else tellSubmodules(found.length, session);
  const log = ['log', '-1', '--no-show-signature', '--format=%ct', commitSha];
  const { stdout } = await session.git({ directory: folder, args: log });
  return commitTime(stdout.trim(), commitSha);
}

function tellSubmodules(count: number, { options }: FetchSession): void {
  if (count === 0) return;
  const which = count === 1 ? '1 submodule is' : `${count} submodules are`;
  const message = `${which} not fetched and left empty; "source.submodules" of the configuration says so`;
  options.emit({ kind: 'notice', level: 'info', message });
}
