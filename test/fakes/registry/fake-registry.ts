import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { type FakeAuth, type FakeAuthOptions, fakeAuth } from './fake-auth.ts';
import { bodyOf, type LocalServer, startLocalServer } from './local-server.ts';

/** One request as it arrived, for what a test wants to see. */
export interface SeenRequest {
  readonly method: string;
  /** With its query. */
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
}

/** What a test lets go wrong: an answer of its own, a connection cut at once, or cut in the middle of the body. */
export type Fault =
  | { readonly status: number; readonly headers?: Record<string, string>; readonly body?: string }
  | 'reset'
  | 'reset-mid-body';

interface StoredRepository {
  readonly blobs: Map<string, Buffer>;
  readonly manifests: Map<string, { readonly bytes: Buffer; readonly mediaType: string }>;
  readonly tags: Map<string, string>;
}

export interface FakeRegistryOptions {
  readonly auth?: FakeAuthOptions;
  /** False: answers every mount with a session, as registries may. */
  readonly mounts?: boolean;
  /** False: refuses to delete tags with 405. */
  readonly deletes?: boolean;
  /** How upload sessions are named in `Location`. */
  readonly location?: 'relative' | 'absolute';
  /** Added to or taken from (undefined) the headers of every manifest answer. */
  readonly manifestHeaders?: Readonly<Record<string, string | undefined>>;
  /** Asked before each request; what it returns happens instead. */
  readonly fault?: (request: SeenRequest) => Fault | undefined | Promise<Fault | undefined>;
}

export interface FakeRegistry {
  readonly host: string;
  readonly seen: SeenRequest[];
  readonly auth: FakeAuth;
  readonly repository: (path: string) => StoredRepository;
  /** Upload sessions that were begun and neither finished nor cancelled. */
  readonly openSessions: ReadonlySet<string>;
  readonly close: () => Promise<void>;
}

const manifestTypes = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.docker.distribution.manifest.v2+json',
];

interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly url: URL;
  readonly name: string;
  readonly rest: string;
  readonly store: StoredRepository;
}

/**
 * A registry in memory that keeps to the distribution specification v1.1 and refuses what a lenient one forgives:
 * wrong digests, unannounced lengths, manifests whose parts are missing, GETs without all four manifest types.
 */
export async function startFakeRegistry(options: FakeRegistryOptions = {}): Promise<FakeRegistry> {
  const repositories = new Map<string, StoredRepository>();
  const seen: SeenRequest[] = [];
  const sessions = new Set<string>();
  let nextSession = 1;
  const server: LocalServer = await startLocalServer(answer);
  const auth = fakeAuth(options.auth ?? { kind: 'none' }, server.url);

  function repository(path: string): StoredRepository {
    const found = repositories.get(path) ?? { blobs: new Map(), manifests: new Map(), tags: new Map() };
    repositories.set(path, found);
    return found;
  }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://fake');
    const one = { method: request.method ?? '', path: request.url ?? '', headers: request.headers };
    seen.push(one);
    const fault = await options.fault?.(one);
    if (fault !== undefined) return fail(fault, request, response);
    if (url.pathname === '/token') return auth.token(request, response);
    if (!auth.admits(request, url, response)) return;
    if (url.pathname === '/v2/') return void response.writeHead(200).end('{}');
    const [, name, rest] = /^\/v2\/(.+?)\/((?:blobs|manifests)\/.*)$/.exec(url.pathname) ?? [];
    if (name === undefined || rest === undefined) return refuse(response, 404, 'NAME_UNKNOWN');
    const exchange = { request, response, url, name, rest, store: repository(name) };
    if (rest.startsWith('manifests/')) return manifests(exchange);
    return rest.startsWith('blobs/uploads/') ? uploads(exchange) : blobs(exchange);
  }

  async function blobs({ request, response, rest, store }: Exchange): Promise<void> {
    const blob = store.blobs.get(rest.slice('blobs/'.length));
    if (blob === undefined) return refuse(response, 404, 'BLOB_UNKNOWN');
    response.writeHead(200, { 'content-length': blob.length, 'content-type': 'application/octet-stream' });
    response.end(request.method === 'HEAD' ? undefined : blob);
  }

  async function uploads({ request, response, url, name, rest, store }: Exchange): Promise<void> {
    const session = rest.slice('blobs/uploads/'.length);
    if (request.method === 'POST' && session === '') {
      const mount = url.searchParams.get('mount');
      const blob = repository(url.searchParams.get('from') ?? '').blobs.get(mount ?? '');
      if (mount !== null && blob !== undefined && options.mounts !== false) {
        store.blobs.set(mount, blob);
        return void response.writeHead(201, { 'docker-content-digest': mount }).end();
      }
      const id = `s${nextSession++}`;
      sessions.add(id);
      const base = options.location === 'absolute' ? server.url.origin : '';
      const location = `${base}/v2/${name}/blobs/uploads/${id}?_state=a%20b+c~d`;
      return void response.writeHead(202, { location }).end();
    }
    if (!sessions.has(session) || !url.search.startsWith('?_state=a%20b+c~d')) {
      return refuse(response, 404, 'BLOB_UPLOAD_UNKNOWN');
    }
    if (request.method === 'DELETE') {
      sessions.delete(session);
      return void response.writeHead(204).end();
    }
    if (request.method !== 'PUT') return refuse(response, 405, 'UNSUPPORTED');
    if (request.headers['content-length'] === undefined) return refuse(response, 411, 'SIZE_INVALID');
    const bytes = await bodyOf(request);
    const digest = url.searchParams.get('digest') ?? '';
    if (digestOf(bytes) !== digest) return refuse(response, 400, 'DIGEST_INVALID');
    sessions.delete(session);
    store.blobs.set(digest, bytes);
    response
      .writeHead(201, { 'docker-content-digest': digest, location: `/v2/${name}/blobs/${digest}` })
      .end();
  }

  async function manifests({ request, response, rest, store }: Exchange): Promise<void> {
    const reference = rest.slice('manifests/'.length);
    if (request.method === 'PUT') return putManifest(reference, { request, response, store });
    if (request.method === 'DELETE') {
      if (options.deletes === false) return refuse(response, 405, 'UNSUPPORTED');
      if (!store.tags.delete(reference)) return refuse(response, 404, 'MANIFEST_UNKNOWN');
      return void response.writeHead(202).end();
    }
    const accepted = (request.headers.accept ?? '').split(',').map((type) => type.trim());
    if (!manifestTypes.every((type) => accepted.includes(type))) return refuse(response, 406, 'UNSUPPORTED');
    const digest = store.tags.get(reference) ?? reference;
    const found = store.manifests.get(digest);
    if (found === undefined) return refuse(response, 404, 'MANIFEST_UNKNOWN');
    response.writeHead(200, {
      'content-type': found.mediaType,
      'content-length': found.bytes.length,
      ...defined({ 'docker-content-digest': digest, ...options.manifestHeaders }),
    });
    response.end(request.method === 'HEAD' ? undefined : found.bytes);
  }

  async function putManifest(
    reference: string,
    { request, response, store }: Pick<Exchange, 'request' | 'response' | 'store'>,
  ): Promise<void> {
    const bytes = await bodyOf(request);
    const mediaType = request.headers['content-type'] ?? '';
    const digest = digestOf(bytes);
    if (!manifestTypes.includes(mediaType)) return refuse(response, 400, 'MANIFEST_INVALID');
    if (reference.includes(':') && reference !== digest) return refuse(response, 400, 'DIGEST_INVALID');
    const content = JSON.parse(bytes.toString());
    const blobs: { digest: string }[] = content.manifests ? [] : [content.config, ...content.layers];
    const children: { digest: string }[] = content.manifests ?? [];
    const whole =
      blobs.every((blob) => store.blobs.has(blob.digest)) &&
      children.every((child) => store.manifests.has(child.digest));
    if (!whole) return refuse(response, 404, 'MANIFEST_BLOB_UNKNOWN');
    store.manifests.set(digest, { bytes, mediaType });
    if (!reference.includes(':')) store.tags.set(reference, digest);
    const headers = defined({ 'docker-content-digest': digest, ...options.manifestHeaders });
    response.writeHead(201, headers).end();
  }

  return { host: server.host, seen, auth, repository, openSessions: sessions, close: server.close };
}

function fail(fault: Fault, request: IncomingMessage, response: ServerResponse): void {
  if (fault === 'reset') request.socket.resetAndDestroy();
  else if (fault === 'reset-mid-body') request.once('data', () => request.socket.resetAndDestroy());
  else response.writeHead(fault.status, fault.headers).end(fault.body);
}

/** The error body of the specification. */
function refuse(response: ServerResponse, status: number, code: string): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify({ errors: [{ code, message: `${code} says the fake`, detail: {} }] }));
}

function digestOf(bytes: Buffer): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}

function defined(headers: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}
