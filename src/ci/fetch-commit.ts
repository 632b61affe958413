import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ImageBuilderError } from '../core/index.ts';
import { type GitResult, gitSays } from './call-git.ts';
import type { FetchSession } from './fetch-session.ts';
import { readTree } from './read-tree.ts';
import { type CommitPlace, notThere, transferCommit } from './transfer-commit.ts';
import type { TreeEntry } from './tree-reader.ts';

/** Attributes of a commit name filters, encodings and line ends; files are written as they are in git. */
const noAttributes = '* -text -ident -filter !working-tree-encoding\n';

/**
 * Puts the files of one commit into a folder that is empty or not there yet. No hook, filter or attribute changes them,
 * and no file is written before number and size of all are known. Returns the submodules, which are empty folders.
 */
export async function fetchCommit(place: CommitPlace, session: FetchSession): Promise<readonly TreeEntry[]> {
  const { repository, commitSha, folder } = place;
  const git = (...args: string[]) => session.git({ directory: folder, args });
  await initialise(place, session);
  await transferCommit(place, session);
  const isCommit = await git('rev-parse', '--verify', '--quiet', `${commitSha}^{commit}`);
  if (isCommit.stdout.trim() !== commitSha) throw notThere(repository, commitSha);
  const submodules = await readTree(place, session);
  requireSuccess(place, await git('checkout', '--quiet', '--force', '--detach', commitSha));
  // The index anew, without times and numbers of this file system: the same commit is the same bytes everywhere.
  requireSuccess(place, await git('read-tree', commitSha));
  const head = await git('rev-parse', '--verify', 'HEAD');
  if (head.stdout.trim() !== commitSha) throw notThere(repository, commitSha);
  return submodules;
}

async function initialise(place: CommitPlace, session: FetchSession): Promise<void> {
  const { commitSha, folder } = place;
  const format = commitSha.length === 40 ? 'sha1' : 'sha256';
  const options = ['--quiet', '--template=', '--initial-branch=main', `--object-format=${format}`];
  requireSuccess(place, await session.git({ directory: '/', args: ['init', ...options, '--', folder] }));
  await mkdir(join(folder, '.git/info'));
  await writeFile(join(folder, '.git/info/attributes'), noAttributes);
}

function requireSuccess({ repository, commitSha }: CommitPlace, result: GitResult): void {
  if (result.exitCode === 0) return;
  const { owner, name, url } = repository;
  const message = `commit "${commitSha}" of "${owner}/${name}" cannot be checked out: ${gitSays(result)}`;
  throw new ImageBuilderError('source.invalid', message, { path: url });
}
