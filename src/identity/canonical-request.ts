import { createHash } from 'node:crypto';
import { ImageBuilderError } from '../core/index.ts';

/** The events that a remote build can be for. */
export type RequestEvent = 'push' | 'pull_request_target' | 'merge_group' | 'workflow_dispatch' | 'schedule';

/** What is to be built and why, as the caller says. */
export interface RequestedSource {
  readonly owner: string;
  /** Without the owner. */
  readonly name: string;
  readonly event: RequestEvent;
  /** Full ref of the event, for example `refs/heads/main`. */
  readonly ref: string;
  /** Commit that the event is about: for a pull request one of the base, otherwise the one to build. */
  readonly eventSha: string;
  /** Commit to build. */
  readonly commitSha: string;
  readonly pullRequest?: number | undefined;
  /** The caller's run: GitHub's run id, or the number of the Jenkins build. */
  readonly runId: string;
}

/** A request for a build: everything that influences it, the source and what is asked for (a `BuildRequest`). */
export interface RemoteRequest {
  readonly source: RequestedSource;
  readonly build: object;
}

/** Of the canonical form; another one means another hash. */
const version = 1;

/**
 * The one text for a request, whatever order its fields come in: JSON as RFC 8785 has it, with a version. A field that
 * is undefined counts as absent. Throws `request.invalid` for a value that JSON does not have.
 */
export function canonicalRequest(request: RemoteRequest): string {
  return `{"request":${canonical(request, 'request')},"version":${version}}`;
}

/** The audience of a token that counts for this request alone. */
export function requestAudience(request: RemoteRequest): string {
  return `image-builder:sha256:${createHash('sha256').update(canonicalRequest(request)).digest('hex')}`;
}

function canonical(value: unknown, field: string): string {
  if (typeof value === 'string' && value.isWellFormed()) return JSON.stringify(value);
  if (typeof value === 'boolean' || Number.isSafeInteger(value)) return JSON.stringify(value);
  if (Array.isArray(value))
    return `[${value.map((item, index) => canonical(item, `${field}[${index}]`)).join(',')}]`;
  if (!isPlainObject(value)) throw notJson(field);
  const members = Object.entries(value).filter(([, held]) => held !== undefined);
  // By UTF-16 code units, as RFC 8785, 3.2.3 wants and as strings compare here.
  const sorted = members.toSorted(([a], [b]) => (a < b ? -1 : 1));
  const texts = sorted.map(([key, held]) => `${canonical(key, field)}:${canonical(held, `${field}.${key}`)}`);
  return `{${texts.join(',')}}`;
}

function isPlainObject(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

function notJson(field: string): ImageBuilderError<'request.invalid'> {
  const message = `field "${field}" is neither text, whole number, boolean, list nor mapping`;
  return new ImageBuilderError('request.invalid', message, { field });
}
