import { type Digest, parseDigest } from './digest.ts';
import { isImageTag } from './image-tag.ts';

/** A repository in a registry: `registry` is host and port as people write it, `path` what follows. */
export interface Repository {
  readonly registry: string;
  readonly path: string;
}

/** Registry / Repository [:Tag] [@Digest]. */
export interface Reference {
  readonly repository: Repository;
  readonly tag?: string;
  readonly digest?: Digest;
}

/** Path grammar of the OCI distribution specification v1.1: lower-case components with single separators. */
const pathPattern = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*$/;
const domainPattern =
  /^(?:[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?(?:\.[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?)*|\[[0-9a-fA-F:]+\])(?::[0-9]{1,5})?$/;
/** As in the reference implementation: the whole name, host included. */
const maxNameLength = 255;

/** Docker Hub under the name that its API answers to. */
export const dockerHubRegistry = 'index.docker.io';

/** Whether `text` follows the grammar of a repository path: lower case, no empty component, no `..`. */
export function isRepositoryPath(text: string): boolean {
  return text.length <= maxNameLength && pathPattern.test(text);
}

/**
 * Reads `host[:port]/path`. As Docker does, a first component without `.`, `:` or the name `localhost` is no host:
 * it belongs to a path on Docker Hub. Undefined when the text is no repository.
 */
export function parseRepository(text: string): Repository | undefined {
  if (text.length > maxNameLength) return undefined;
  const slash = text.indexOf('/');
  const first = slash < 0 ? '' : text.slice(0, slash);
  const hasHost = first === 'localhost' || /[.:]/.test(first);
  const registry = hasHost ? normalRegistry(first) : dockerHubRegistry;
  const rest = hasHost ? text.slice(slash + 1) : text;
  const path = registry === dockerHubRegistry && !rest.includes('/') ? `library/${rest}` : rest;
  if (hasHost && !domainPattern.test(first)) return undefined;
  return pathPattern.test(path) ? { registry, path } : undefined;
}

function normalRegistry(host: string): string {
  return host === 'docker.io' || host === 'registry-1.docker.io' ? dockerHubRegistry : host;
}

/** Reads a full reference; undefined when any part breaks the grammar. */
export function parseReference(text: string): Reference | undefined {
  const at = text.indexOf('@');
  const digest = at < 0 ? undefined : parseDigest(text.slice(at + 1));
  if (at >= 0 && digest === undefined) return undefined;
  const named = at < 0 ? text : text.slice(0, at);
  const colon = named.lastIndexOf(':');
  const tagged = colon > named.lastIndexOf('/');
  const tag = tagged ? named.slice(colon + 1) : undefined;
  if (tag !== undefined && !isImageTag(tag)) return undefined;
  const repository = parseRepository(tagged ? named.slice(0, colon) : named);
  if (repository === undefined) return undefined;
  return { repository, ...(tag === undefined ? {} : { tag }), ...(digest === undefined ? {} : { digest }) };
}

/** `host/path`, the form people pull. */
export function printRepository(repository: Repository): string {
  return `${repository.registry}/${repository.path}`;
}

/** The inverse of `parseReference`. */
export function printReference(reference: Reference): string {
  const tag = reference.tag === undefined ? '' : `:${reference.tag}`;
  const digest = reference.digest === undefined ? '' : `@${reference.digest}`;
  return `${printRepository(reference.repository)}${tag}${digest}`;
}

/** Whether the registry is on this machine, where plain HTTP is the rule. */
export function isLoopbackRegistry(registry: string): boolean {
  const host = registry.replace(/:[0-9]+$/, '');
  return host === 'localhost' || host === '[::1]' || /^127(?:\.[0-9]{1,3}){3}$/.test(host);
}
