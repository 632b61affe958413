import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { ImageBuilderError } from '../core/index.ts';
import type { GitResult } from './call-git.ts';
import { commitTime } from './commit-time.ts';
import { runGit } from './git.ts';
import { parseGitRemote } from './git-remote.ts';
import type { SourceState } from './source-state.ts';

/** A checkout on this machine, before anybody said which event it is built for. */
export type Checkout = Omit<SourceState, 'event' | 'pullRequest'>;

/** Reads the git checkout that `directory` lies in. Refuses a folder that is none and a repository without commits. */
export async function readCheckout(directory: string, signal?: AbortSignal): Promise<Checkout> {
  await requireFolder(directory);
  const git = (...args: string[]) => runGit(directory, args, signal);
  const [top, head, status, remote] = await Promise.all([
    git('rev-parse', '--show-toplevel', '--symbolic-full-name', 'HEAD'),
    git('log', '-1', '--no-show-signature', '--format=%H %ct', 'HEAD'),
    git('status', '--porcelain', '--untracked-files=normal', '--ignore-submodules=none', '-z'),
    readRemote(directory, signal),
  ]);
  if (top.stdout === '') throw notACheckout(directory, top);
  if (head.exitCode !== 0) throw noCommit(directory, head);
  const [, root = '', ref = ''] = /^(.*)\n(.*)\n$/s.exec(top.stdout) ?? [];
  const [commitSha = '', seconds = '0'] = head.stdout.trim().split(' ');
  const repository = remote === undefined ? undefined : parseGitRemote(remote);
  return {
    ...(repository === undefined ? {} : { owner: repository.owner, url: repository.url }),
    name: repository?.name ?? basename(root),
    commitSha,
    commitTime: commitTime(seconds, commitSha),
    ...(ref.startsWith('refs/') ? { ref } : {}),
    dirty: status.exitCode !== 0 || status.stdout !== '',
    root,
  };
}

async function requireFolder(directory: string): Promise<void> {
  const found = await stat(directory).catch(() => undefined);
  if (found?.isDirectory()) return;
  const message = `"${directory}" ${found === undefined ? 'does not exist' : 'is not a folder'}`;
  throw new ImageBuilderError(
    'source.invalid',
    message,
    { path: directory },
    { hint: 'name a folder of the checkout' },
  );
}

/** The root of the checkout that `directory` lies in; undefined when it lies in none. */
export async function findCheckoutRoot(directory: string, signal?: AbortSignal): Promise<string | undefined> {
  const top = await runGit(directory, ['rev-parse', '--show-toplevel'], signal);
  return top.exitCode === 0 ? top.stdout.replace(/\n$/, '') : undefined;
}

/** `origin`, or the only remote there is, as it was configured: no `insteadOf` of this machine rewrites it. */
async function readRemote(directory: string, signal?: AbortSignal): Promise<string | undefined> {
  const listed = await runGit(directory, ['config', '--get-regexp', '^remote\\..*\\.url$'], signal);
  const remotes = listed.stdout
    .split('\n')
    .map((line) => /^remote\.(.*)\.url (.*)$/.exec(line))
    .filter((match) => match !== null)
    .map((match) => ({ name: match[1] ?? '', url: match[2] ?? '' }));
  const origin = remotes.find((remote) => remote.name === 'origin');
  return (origin ?? (remotes.length === 1 ? remotes[0] : undefined))?.url;
}

function notACheckout(directory: string, result: GitResult): ImageBuilderError {
  const dubious = result.stderr.includes('dubious ownership');
  const hint = dubious
    ? `the folder belongs to another user; git config --global --add safe.directory "${directory}"`
    : 'run this in a clone of your repository, or name one with --checkout';
  return new ImageBuilderError(
    'source.invalid',
    `"${directory}" is not in a git checkout`,
    { path: directory },
    { hint },
  );
}

function noCommit(directory: string, result: GitResult): ImageBuilderError {
  const hint = 'commit first: an image is named after the commit that it was built from';
  const cause = new Error(result.stderr.trim());
  return new ImageBuilderError(
    'source.invalid',
    `"${directory}" has no commit`,
    { path: directory },
    { hint, cause },
  );
}
