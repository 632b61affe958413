import { realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { ImageBuilderError } from '../core/index.ts';
import { fetchCommit } from './fetch-commit.ts';
import type { FetchSession } from './fetch-session.ts';
import type { RemoteRepository } from './git-remote.ts';
import { parseCommitId } from './source-request.ts';
import { submoduleRepository } from './submodule-address.ts';
import type { CommitPlace } from './transfer-commit.ts';
import type { TreeEntry } from './tree-reader.ts';

/** Submodules within submodules; more is a loop, or a mistake. */
const deepest = 5;

export interface FetchedCommit extends CommitPlace {
  readonly submodules: readonly TreeEntry[];
}

/**
 * Fetches the submodules of a commit into their folders, and theirs. Git's own machinery for them is not used: an
 * address counts when it is a repository on one of the configured servers, and nothing else of `.gitmodules` does.
 */
export async function fetchSubmodules(
  parent: FetchedCommit,
  session: FetchSession,
  depth = 1,
): Promise<void> {
  const { submodules } = parent;
  const [first] = submodules;
  if (first === undefined) return;
  if (depth > deepest) throw refused(parent, first, `lies in more than ${deepest} others`);
  const addresses = await readAddresses(parent, session);
  for (const entry of submodules) {
    const repository = repositoryOf(parent, entry, addresses.get(entry.untrustedPath), session);
    const folder = await folderOf(parent, entry);
    const place = { repository, commitSha: parseCommitId(entry.id), folder };
    const own = await fetchCommit(place, session);
    await fetchSubmodules({ ...place, submodules: own }, session, depth + 1);
  }
}

/** The addresses in `.gitmodules` by path; none when there is no such file. */
async function readAddresses(
  { commitSha, folder }: FetchedCommit,
  session: FetchSession,
): Promise<ReadonlyMap<string, string>> {
  const options = ['-z', '--no-includes', `--blob=${commitSha}:.gitmodules`];
  const { stdout } = await session.git({
    directory: folder,
    args: ['config', ...options, '--get-regexp', '^submodule\\..*\\.(path|url)$'],
  });
  const [paths, urls] = [new Map<string, string>(), new Map<string, string>()];
  for (const record of stdout.split('\0')) {
    const [, name, key, value] = /^submodule\.(.*)\.(path|url)\n(.*)$/s.exec(record) ?? [];
    if (name !== undefined && value !== undefined) (key === 'path' ? paths : urls).set(name, value);
  }
  return new Map(
    [...paths].flatMap(([name, path]) => {
      const url = urls.get(name);
      return url === undefined ? [] : [[path, url] as const];
    }),
  );
}

function repositoryOf(
  parent: FetchedCommit,
  entry: TreeEntry,
  untrustedUrl: string | undefined,
  session: FetchSession,
): RemoteRepository {
  if (untrustedUrl === undefined) throw refused(parent, entry, 'has no address in .gitmodules');
  const repository = submoduleRepository(untrustedUrl, parent.repository);
  const known = session.options.servers.some(({ host }) => host === repository?.host);
  if (repository !== undefined && known) return repository;
  const address = untrustedUrl.slice(0, 200);
  throw refused(parent, entry, `comes from "${address}", which is no repository on a host of "source.hosts"`);
}

/** Where git made an empty folder; a link on the way there would lead elsewhere. */
async function folderOf(parent: FetchedCommit, entry: TreeEntry): Promise<string> {
  const folder = join(await realpath(parent.folder), entry.untrustedPath);
  const real = await realpath(folder).catch(() => undefined);
  if (real === folder) return folder;
  throw refused(parent, entry, 'has no folder of its own');
}

function refused(
  { repository }: FetchedCommit,
  { untrustedPath }: TreeEntry,
  what: string,
): ImageBuilderError<'source.invalid'> {
  const { owner, name, url } = repository;
  const message = `submodule "${untrustedPath.slice(0, 200)}" of "${owner}/${name}" ${what}`;
  const hint =
    'expected https://HOST/OWNER/NAME on a configured host, or an address relative to the repository';
  return new ImageBuilderError('source.invalid', message, { path: url }, { hint });
}
