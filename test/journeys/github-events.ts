import type { Claims } from '../fakes/oidc-issuer/github-claims.ts';

/** What GitHub tells a job: the event with its payload, and what its token says of it. */
export interface GithubEvent {
  readonly event: string;
  readonly payload: object;
  readonly sha: string;
  readonly ref: string;
  /** More claims of the token. */
  readonly claims?: Claims;
}

const repository = { name: 'app', full_name: 'kyma-project/app', owner: { login: 'kyma-project' } };
const main = 'refs/heads/main';

/** A push, to the main branch if nothing else is said. */
export function pushOf(sha: string, ref = main): GithubEvent {
  const payload = {
    ref,
    before: '0'.repeat(40),
    after: sha,
    deleted: false,
    created: false,
    forced: false,
    head_commit: { id: sha },
    repository,
  };
  return { event: 'push', payload, sha, ref };
}

/** The end of a branch, which is a push as well. */
export function deletionOf(ref: string, sha: string): GithubEvent {
  const pushed = pushOf(sha, ref);
  const payload = { ...pushed.payload, after: '0'.repeat(40), deleted: true, head_commit: null };
  return { ...pushed, payload };
}

export interface PullRequest {
  readonly number: number;
  readonly headSha: string;
  /** Of the main branch. */
  readonly baseSha: string;
  /** Absent when it is gone. */
  readonly fork?: string;
}

/** A pull request from a fork; the event is about its base. */
export function pullRequestOf({ number, headSha, baseSha, fork }: PullRequest): GithubEvent {
  const repo = fork === undefined ? null : { full_name: fork, fork: true };
  const payload = {
    action: 'synchronize',
    number,
    pull_request: {
      number,
      head: { ref: 'main', sha: headSha, repo },
      base: { ref: 'main', sha: baseSha, repo: repository },
      merge_commit_sha: null,
    },
    repository,
  };
  const claims = { base_ref: 'main', head_ref: 'main', sub: 'repo:kyma-project/app:pull_request' };
  return { event: 'pull_request_target', payload, sha: baseSha, ref: main, claims };
}

/** A merge group, which has a branch of its own and names no pull request. */
export function mergeGroupOf(headSha: string, ref: string, baseSha: string): GithubEvent {
  const group = { head_sha: headSha, head_ref: ref, base_sha: baseSha, base_ref: main };
  const payload = { action: 'checks_requested', merge_group: group, repository };
  return { event: 'merge_group', payload, sha: headSha, ref };
}

/** Somebody starts the workflow by hand. */
export function dispatchOf(sha: string): GithubEvent {
  const payload = { inputs: null, ref: main, repository, workflow: '.github/workflows/images.yml' };
  return { event: 'workflow_dispatch', payload, sha, ref: main };
}

/** The time has come. */
export function scheduleOf(sha: string): GithubEvent {
  return { event: 'schedule', payload: { schedule: '0 3 * * *' }, sha, ref: main };
}
