import { ImageBuilderError } from '../core/index.ts';
import type { FetchSession } from './fetch-session.ts';
import type { CommitPlace } from './transfer-commit.ts';
import { type TreeEntry, treeListing, treeReader } from './tree-reader.ts';

/**
 * Reads what a commit that was transferred consists of, before a file of it is written. Stops at the limits of the
 * session: a small tree can stand for more files than there are disks. Returns the submodules.
 */
export async function readTree(place: CommitPlace, session: FetchSession): Promise<readonly TreeEntry[]> {
  const { repository, commitSha, folder } = place;
  const submodules: TreeEntry[] = [];
  const take = treeReader((entry) => {
    if (entry === undefined) return session.stop(unreadable(place));
    session.spend(repository, { files: 1, bytes: entry.bytes });
    if (entry.mode === '160000') submodules.push(entry);
  });
  const result = await session.git({ directory: folder, args: [...treeListing, commitSha], onStdout: take });
  if (result.exitCode !== 0) throw unreadable(place);
  return submodules;
}

function unreadable({ repository: { owner, name, url }, commitSha }: CommitPlace): ImageBuilderError {
  const message = `commit "${commitSha}" of "${owner}/${name}" has files that git cannot list`;
  return new ImageBuilderError('source.invalid', message, { path: url });
}
