import type { BoundRequest } from './bind-request.ts';
import type { RemoteRequest, RequestedSource } from './canonical-request.ts';
import { rejected } from './rejection.ts';

/** A repository on a certain GitHub. */
export interface SourceRepository {
  /** Without a slash at its end, for example `https://github.com`. */
  readonly githubUrl: string;
  readonly owner: string;
  readonly name: string;
}

/** Looks refs up where they are kept. */
export interface RefReader {
  /** The full id of the commit that a full ref names now; undefined when there is no such ref. */
  readonly commitAt: (repository: SourceRepository, ref: string) => Promise<string | undefined>;
}

declare const checked: unique symbol;

/** A request whose commit is the one that its event is about. Made by `checkSource` alone. */
export interface CheckedRequest<Request extends RemoteRequest = RemoteRequest> extends BoundRequest<Request> {
  readonly [checked]: true;
}

/**
 * Sees to it that the commit to build is that of the event. Of a pull request the token says nothing, so the head of
 * the pull request is looked up; of everything else the token says the commit and its ref, or the ref is looked up when
 * it does not. Throws `identity.rejected`, and what `refs` throws.
 */
export async function checkSource<Request extends RemoteRequest>(
  bound: BoundRequest<Request>,
  refs: RefReader,
): Promise<CheckedRequest<Request>> {
  const { caller, request } = bound;
  const { source } = request;
  const { owner, name, commitSha } = source;
  const ref = refOfCommit(source);
  if (source.event !== 'pull_request_target' && commitSha !== source.eventSha)
    throw rejected('sha', 'mismatch', 'only a pull request builds another commit than that of its event');
  const { sha, ref: claimedRef } = caller.claims;
  // A commit that is attested without its ref could be of a branch that nobody may publish.
  const attested = sha !== undefined && claimedRef !== undefined;
  if (source.event === 'pull_request_target' || !attested) {
    const commit = await refs.commitAt({ githubUrl: caller.issuer.githubUrl, owner, name }, ref);
    if (commit === undefined || commit !== commitSha)
      throw rejected('sha', 'mismatch', `"${ref}" is not, or no longer, that commit`);
  }
  return bound as CheckedRequest<Request>;
}

function refOfCommit({ event, ref, pullRequest }: RequestedSource): string {
  if (event !== 'pull_request_target') {
    if (pullRequest !== undefined)
      throw rejected('event_name', 'mismatch', `event "${event}" has no pull request`);
    return ref;
  }
  if (pullRequest === undefined || !Number.isSafeInteger(pullRequest) || pullRequest < 1)
    throw rejected('event_name', 'mismatch', 'the number of the pull request is not there');
  return `refs/pull/${pullRequest}/head`;
}
