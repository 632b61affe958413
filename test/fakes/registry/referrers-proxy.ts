import { createHash } from 'node:crypto';
import { type IncomingMessage, request, type ServerResponse } from 'node:http';
import { bodyOf, startLocalServer } from './local-server.ts';

export interface ReferrersProxyOptions {
  /** Entries of one page. */
  readonly pageSize?: number;
  /** How often the list lacks what was pushed just now. */
  readonly lateBy?: number;
  /** Overrides what the API answers; undefined: nothing is overridden. */
  readonly answer?: (url: URL) => ProxyAnswer | undefined;
}

export interface ProxyAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface ReferrersProxy {
  /** `127.0.0.1:PORT`. */
  readonly host: string;
  /** `localhost:PORT`, which tools take for plain HTTP. */
  readonly name: string;
  /** Method and path with query, in the order of arrival. */
  readonly seen: readonly string[];
  /** Lists a referrer that was stored before. */
  readonly add: (subject: string, entry: ReferrerEntry) => void;
  readonly close: () => Promise<void>;
}

export interface ReferrerEntry {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
  readonly artifactType?: string;
}

const indexType = 'application/vnd.oci.image.index.v1+json';

/** Puts the referrers API (distribution specification v1.1, with pages and without filters) before a registry. */
export async function startReferrersProxy(
  upstream: string,
  options: ReferrersProxyOptions = {},
): Promise<ReferrersProxy> {
  const { pageSize = 100, lateBy = 0 } = options;
  const lists = new Map<string, ReferrerEntry[]>();
  const seen: string[] = [];
  let asked = 0;
  const server = await startLocalServer(async (incoming, response) => {
    const url = new URL(incoming.url ?? '/', 'http://proxy');
    seen.push(`${incoming.method} ${url.pathname}${url.search}`);
    const subject = /^\/v2\/.+\/referrers\/([^/]+)$/.exec(url.pathname)?.[1];
    if (subject !== undefined) return list(subject, url, response);
    const body = await bodyOf(incoming);
    const pushed = incoming.method === 'PUT' ? referrerIn(incoming, body) : undefined;
    const answer = await forward(upstream, incoming, body);
    if (pushed === undefined || answer.status !== 201) return send(response, answer);
    add(pushed.subject, pushed.entry);
    send(response, { ...answer, headers: { ...answer.headers, 'oci-subject': pushed.subject } });
  });

  function add(subject: string, entry: ReferrerEntry): void {
    const entries = lists.get(subject) ?? [];
    if (!entries.some(({ digest }) => digest === entry.digest)) lists.set(subject, [...entries, entry]);
  }

  function list(subject: string, url: URL, response: ServerResponse): void {
    const other = options.answer?.(url);
    if (other !== undefined) return void response.writeHead(other.status, other.headers).end(other.body);
    const all = asked++ < lateBy ? [] : (lists.get(subject) ?? []);
    const from = Number(url.searchParams.get('from') ?? 0);
    const manifests = all.slice(from, from + pageSize);
    const next = `${url.pathname}?from=${from + pageSize}`;
    const link = from + pageSize < all.length ? { link: `<${next}>; rel="next"` } : {};
    response.writeHead(200, { 'content-type': indexType, ...link });
    response.end(JSON.stringify({ schemaVersion: 2, mediaType: indexType, manifests }));
  }

  return {
    host: server.host,
    name: server.host.replace('127.0.0.1', 'localhost'),
    seen,
    add,
    close: server.close,
  };
}

interface Pushed {
  readonly subject: string;
  readonly entry: ReferrerEntry;
}

function referrerIn({ url = '', headers }: IncomingMessage, body: Buffer): Pushed | undefined {
  if (!url.includes('/manifests/')) return undefined;
  const manifest = JSON.parse(body.toString());
  if (manifest.subject === undefined) return undefined;
  const { annotations } = manifest;
  const entry = {
    mediaType: headers['content-type'] ?? '',
    digest: `sha256:${createHash('sha256').update(body).digest('hex')}`,
    size: body.length,
    artifactType: manifest.artifactType ?? manifest.config.mediaType,
    ...(annotations === undefined ? {} : { annotations }),
  };
  return { subject: manifest.subject.digest, entry };
}

interface UpstreamAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[]>>;
  readonly body: Buffer;
}

/** The Host header stays, so that the registry names upload sessions under the address of the proxy. */
function forward(upstream: string, incoming: IncomingMessage, body: Buffer): Promise<UpstreamAnswer> {
  const { method = 'GET', url = '/', headers } = incoming;
  return new Promise((resolve, reject) => {
    const onward = request(`http://${upstream}${url}`, { method, headers }, (answer) => {
      bodyOf(answer).then(
        (bytes) =>
          resolve({
            status: answer.statusCode ?? 502,
            headers: answer.headers as Record<string, string | string[]>,
            body: bytes,
          }),
        reject,
      );
    });
    onward.on('error', reject);
    onward.end(body);
  });
}

function send(response: ServerResponse, { status, headers, body }: UpstreamAnswer): void {
  response.writeHead(status, { ...headers }).end(body);
}
