import type { SourceRequest, SourceState } from '../../ci/index.ts';
import type { Secret } from '../../core/index.ts';
import {
  bindRequest,
  type Caller,
  type CheckedRequest,
  checkSource,
  type RefReader,
  requestAudience,
  type Trust,
  verifyToken,
} from '../../identity/index.ts';
import type { BuildPlan } from '../../plan/index.ts';
import type { ParsedRequest } from '../../request/index.ts';
import { dockerfileText } from '../dockerfile-text.ts';

/** What the first stage hands on: a build that somebody whom we know may have, and nothing that is left to decide. */
export interface IdentifiedBuild {
  /** Stands for the request: `image-builder:sha256:…`. */
  readonly request: string;
  /** For people; nothing is decided by it any more. */
  readonly caller: { readonly issuer: string; readonly claims: Readonly<Record<string, string>> };
  /** Where the commit is fetched from. */
  readonly source: SourceRequest;
  readonly plan: BuildPlan;
}

export interface IdentifyPorts {
  readonly refs: RefReader;
  /** Fetches the commit into a folder that is removed afterwards. */
  readonly withSource: <T>(source: SourceRequest, use: (state: SourceState) => Promise<T>) => Promise<T>;
  /** Makes every decision of the build, policy's included, and asks nobody. */
  readonly plan: (
    request: CheckedRequest<ParsedRequest>,
    source: SourceState,
    untrustedDockerfile: string | undefined,
  ) => BuildPlan;
  /** Throws when the checkout lacks what the plan builds from. */
  readonly checkFiles: (root: string, plan: BuildPlan) => Promise<void>;
}

export interface IdentifyInputs {
  readonly token: Secret;
  /** What is asked for; callers of deployed pipelines leave some of it to what their token says. */
  readonly requestOf: (caller: Caller) => ParsedRequest;
  readonly trust: Trust;
  readonly ports: IdentifyPorts;
  readonly now: Date;
}

/**
 * Finds out who asks, whether the token was issued for this request, whether the commit is the one that the event is
 * about, and what is to be done. Throws `identity.rejected`, `identity.unavailable`, and what the ports throw.
 */
export async function identifyBuild(inputs: IdentifyInputs): Promise<IdentifiedBuild> {
  const { token, requestOf, trust, ports, now } = inputs;
  const caller = await verifyToken(token, trust, now);
  const request = requestOf(caller);
  const checked = await checkSource(bindRequest(caller, request), ports.refs);
  const source = sourceOf(checked);
  // What is refused whatever the commit holds is not even fetched.
  ports.plan(checked, unfetched(source, now), undefined);
  const plan = await ports.withSource(source, async (state) => {
    const text = await dockerfileText(state.root, checked.request.build.dockerfile);
    const made = ports.plan(checked, state, text);
    await ports.checkFiles(state.root, made);
    return made;
  });
  return {
    request: requestAudience(request),
    caller: { issuer: caller.issuer.name, claims: { ...caller.claims } },
    source,
    plan,
  };
}

/** All that is known of a commit before it is there. */
function unfetched(source: SourceRequest, now: Date): SourceState {
  const { host, owner, name, event, commitSha, ref, pullRequest } = source;
  return {
    ...{ event, owner, name, commitSha, commitTime: now, dirty: false, root: '' },
    url: `https://${host}/${owner}/${name}`,
    ...(ref === undefined ? {} : { ref }),
    ...(pullRequest === undefined ? {} : { pullRequest }),
  };
}

function sourceOf({ caller, request }: CheckedRequest<ParsedRequest>): SourceRequest {
  const { owner, name, event, ref, commitSha, pullRequest } = request.source;
  return {
    host: new URL(caller.issuer.githubUrl).host,
    owner,
    name,
    event,
    commitSha,
    ref,
    ...(pullRequest === undefined ? {} : { pullRequest }),
  };
}
