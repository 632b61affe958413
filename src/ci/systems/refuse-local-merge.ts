import { ImageBuilderError } from '../../core/index.ts';
import { runGit } from '../git.ts';
import type { CiBuild } from './ci-build.ts';

/**
 * Refuses the build of a commit that only this machine has. With the strategy "merge" Jenkins merges a pull request
 * with its base by itself and names the result in `GIT_COMMIT`: a merge commit, checked out, that no remote-tracking
 * branch leads to. Where there is no checkout of it, or none with such branches, nothing can be said and nothing is
 * refused. Throws `request.invalid`.
 */
export async function refuseLocalMerge(
  build: CiBuild,
  directory: string,
  signal?: AbortSignal,
): Promise<void> {
  if (build.ci !== 'jenkins' || !(await isLocalMerge(directory, build.commitSha, signal))) return;
  const message = `commit "${build.commitSha}" is a merge that Jenkins made; the git server does not have it`;
  const hint = 'discover pull requests with the strategy "The current pull request revision"';
  throw new ImageBuilderError('request.invalid', message, { field: 'GIT_COMMIT' }, { hint });
}

async function isLocalMerge(directory: string, commitSha: string, signal?: AbortSignal): Promise<boolean> {
  const git = (...args: string[]) => runGit(directory, args, signal);
  const remoteBranches = (...args: string[]) =>
    git('for-each-ref', '--count=1', ...args, '--format=%(refname)', 'refs/remotes');
  const [head, commit, known, reaching] = await Promise.all([
    git('rev-parse', 'HEAD'),
    // As it was written: a shallow clone shows its oldest commits without parents elsewhere.
    git('cat-file', 'commit', commitSha),
    remoteBranches(),
    remoteBranches(`--contains=${commitSha}`),
  ]);
  const parents = commit.stdout.split('\n\n')[0]?.match(/^parent /gm)?.length ?? 0;
  const isReached = reaching.exitCode !== 0 || reaching.stdout !== '';
  return head.stdout.trim() === commitSha && parents > 1 && known.stdout !== '' && !isReached;
}
