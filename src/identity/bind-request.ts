import type { Caller } from './caller.ts';
import { type RemoteRequest, type RequestedSource, requestAudience } from './canonical-request.ts';
import { type ClaimKey, claimName } from './read-claims.ts';
import { rejected } from './rejection.ts';

declare const bound: unique symbol;

/** A request, and the caller whose token was issued for it. Made by `bindRequest` alone. */
export interface BoundRequest<Request extends RemoteRequest = RemoteRequest> {
  readonly [bound]: true;
  readonly caller: Caller;
  readonly request: Request;
}

/**
 * Sees to it that the caller's token counts for this request: the audience is its hash where the issuer binds, and
 * every claim of the token that the request also says is the same in both. Throws `identity.rejected`.
 */
export function bindRequest<Request extends RemoteRequest>(
  caller: Caller,
  untrustedRequest: Request,
): BoundRequest<Request> {
  const { audience, claims } = caller;
  if (audience.kind === 'bound' && audience.audience !== requestAudience(untrustedRequest))
    throw rejected('aud', 'mismatch', 'the token was issued for another request, or the request was changed');
  for (const [key, said] of Object.entries(comparable(untrustedRequest.source))) {
    const claimed = claims[key as ClaimKey];
    if (claimed !== undefined && claimed !== said) throw rejected(claimName(key as ClaimKey), 'mismatch');
  }
  const { owner, name } = untrustedRequest.source;
  if (claims.repository === undefined && !caller.issuer.repositories.includes(`${owner}/${name}`))
    throw rejected(
      'repository',
      'not-allowed',
      'the issuer of the token may have no source of it built; see "repositories"',
    );
  return { caller, request: untrustedRequest } as BoundRequest<Request>;
}

/** What a request says in the words of claims; those of GitHub are all there, since the issuer requires them. */
function comparable(source: RequestedSource): Partial<Record<ClaimKey, string>> {
  const { owner, name, event, ref, eventSha, runId } = source;
  return {
    repository: `${owner}/${name}`,
    owner,
    event,
    ref,
    sha: eventSha,
    runId,
    buildNumber: runId,
  };
}
