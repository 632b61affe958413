import { ImageBuilderError } from '../core/index.ts';
import type { RemoteRepository } from './git-remote.ts';
import type { BuildEvent } from './source-state.ts';

/** A repository on a git server, as somebody else names it. */
export interface RepositoryName {
  /** `host` or `host:port`. */
  readonly host: string;
  readonly owner: string;
  readonly name: string;
}

/** The commit that a caller wants built. Nothing of it was checked. */
export interface SourceRequest extends RepositoryName {
  readonly event: BuildEvent;
  /** Full commit id, 40 or 64 hex digits in lower case. */
  readonly commitSha: string;
  /** Full ref, for example `refs/heads/main`; it says where the commit is from and is not fetched. */
  readonly ref?: string | undefined;
  readonly pullRequest?: number | undefined;
}

const hostPattern = /^[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?(?::[1-9][0-9]{0,4})?$/;
const namePattern = /^(?!\.{1,2}$)[A-Za-z0-9._-]{1,100}$/;
const commitPattern = /^(?!0+$)(?:[0-9a-f]{40}|[0-9a-f]{64})$/;
/** What git-check-ref-format(1) forbids in a ref, besides what `visible` does not match. */
const forbiddenInRef = /\.\.|@\{|\/\/|\/\.|\.lock(?:\/|$)|[./]$|[\s~^:?*[\\]/;
const visible = /^refs\/[^\p{C}\p{Z}]{1,1000}$/u;

/** Reads the name of a repository; undefined for what can be none. */
export function readRepositoryName({ host, owner, name }: RepositoryName): RemoteRepository | undefined {
  const fits = hostPattern.test(host) && [...owner.split('/'), name].every((part) => namePattern.test(part));
  return fits ? { host, owner, name, url: `https://${host}/${owner}/${name}` } : undefined;
}

/** Reads the name of a repository. Throws `request.invalid`. */
export function parseRepositoryName(untrusted: RepositoryName): RemoteRepository {
  const repository = readRepositoryName(untrusted);
  if (repository !== undefined) return repository;
  const { host, owner, name } = untrusted;
  throw invalid('repository', `"${owner}/${name}" on "${host}" can be no repository`);
}

/** Reads a full commit id. Throws `request.invalid`. */
export function parseCommitId(untrustedText: string): string {
  if (commitPattern.test(untrustedText)) return untrustedText;
  const message = `"${untrustedText}" is no commit`;
  const hint = 'expected 40 or 64 hexadecimal digits in lower case, not all of them 0';
  throw invalid('commit', message, hint);
}

/** Reads a full ref. Throws `request.invalid`. */
export function parseRef(untrustedText: string): string {
  if (visible.test(untrustedText) && !forbiddenInRef.test(untrustedText)) return untrustedText;
  throw invalid('ref', `"${untrustedText}" is no full ref`, 'expected for example refs/heads/main');
}

function invalid(field: string, message: string, hint?: string): ImageBuilderError<'request.invalid'> {
  return new ImageBuilderError('request.invalid', message, { field }, { hint });
}
