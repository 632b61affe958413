import type { CiBuild } from '../ci/index.ts';
import { ImageBuilderError } from '../core/index.ts';
import { canonicalRequest } from '../identity/index.ts';
import { type BuildRequest, type ParsedRequest, parseRemoteRequest } from '../request/index.ts';

export interface RequestInputs {
  readonly build: CiBuild;
  readonly asked: BuildRequest;
  /** For build arguments without a value. */
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/**
 * What a build elsewhere is asked for: what the CI builds, as it was asked for here. What only this machine knows is
 * put in its place, or refused. Throws `request.invalid`.
 */
export function remoteRequest({ build, asked, environment }: RequestInputs): ParsedRequest {
  if (asked.secrets.length > 0) {
    const hint = 'leave --secret out; logins for private Go modules come with --use-go-internal-sap-modules';
    throw invalid('secret', 'secrets of this machine are not sent to a build elsewhere', hint);
  }
  const { owner, name, event, ref, eventSha, commitSha, pullRequest, runId } = build;
  if (ref === undefined) throw invalid('ref', 'the ref of the event is not known', 'set BASE_REF');
  const source = { owner, name, event, ref, eventSha, commitSha, runId };
  const buildArgs = asked.buildArgs.map((text) => withValue(text, environment));
  const request = {
    source: { ...source, ...(pullRequest === undefined ? {} : { pullRequest }) },
    build: { ...asked, buildArgs },
  };
  // What the other side would refuse is refused here, before anything is sent.
  return parseRemoteRequest(Buffer.from(canonicalRequest(request)));
}

function withValue(text: string, environment: RequestInputs['environment']): string {
  if (text.includes('=')) return text;
  const value = environment[text];
  if (value !== undefined) return `${text}=${value}`;
  const message = `build argument "${text}" has no value and the environment has none`;
  throw invalid('build-arg', message, `set ${text}, or write ${text}=value`);
}

function invalid(field: string, message: string, hint: string): ImageBuilderError<'request.invalid'> {
  return new ImageBuilderError('request.invalid', message, { field }, { hint });
}
