import { cancelled, ImageBuilderError, throwIfCancelled } from '../core/index.ts';
import { callGit, type GitResult } from './call-git.ts';

/** A local git command reads a few files; one that takes longer hangs on a lock or a network file system. */
const deadlineMs = 30_000;

/** A commit can hold a folder that git would take for a bare repository, and obey. */
const trustless = ['core.fsmonitor=false', 'core.hooksPath=/dev/null', 'safe.bareRepository=explicit'];

/**
 * Runs a read-only git command in `directory`. Optional locks, prompts, pagers, and the file system monitor that a
 * repository's own configuration could name are off: the checkout need not be trusted.
 */
export async function runGit(
  directory: string,
  args: readonly string[],
  signal?: AbortSignal,
): Promise<GitResult> {
  throwIfCancelled(signal);
  const deadline = AbortSignal.timeout(deadlineMs);
  const result = await callGit({
    directory,
    args: [...trustless.flatMap((setting) => ['-c', setting]), ...args],
    env: {
      ...process.env,
      GIT_OPTIONAL_LOCKS: '0',
      GIT_TERMINAL_PROMPT: '0',
      GIT_PAGER: 'cat',
      LC_ALL: 'C',
    },
    signal: signal === undefined ? deadline : AbortSignal.any([signal, deadline]),
  });
  if (signal?.aborted) throw cancelled(signal);
  if (deadline.aborted) throw tookTooLong(args);
  return result;
}

function tookTooLong(args: readonly string[]): ImageBuilderError {
  const message = `"git ${args[0]}" took longer than ${deadlineMs / 1000} s`;
  return new ImageBuilderError(
    'source.invalid',
    message,
    { path: 'git' },
    { hint: 'look for a lock in .git' },
  );
}
