import type { Readable } from 'node:stream';
import { ImageBuilderError, isFailure } from '../core/index.ts';
import { HttpError, type HttpResponse, redactUrl } from '../http/index.ts';
import type { Descriptor, Digest, Repository } from '../oci/index.ts';
import { blobExists } from './blobs.ts';
import type { RegistryApi, RegistryCall } from './registry-api.ts';
import { expectStatus } from './registry-failure.ts';

/** Milliseconds; after the last byte a registry may copy gigabytes into its storage before it answers. */
const commitTimeout = 5 * 60_000;

export interface BlobUpload {
  readonly repository: Repository;
  readonly descriptor: Descriptor;
  readonly open: () => Readable | Promise<Readable>;
  /** Bytes sent so far; starts over when the upload does. */
  readonly onSent?: ((bytes: number) => void) | undefined;
}

/**
 * Sends a blob in one piece (distribution specification v1.1, "POST then PUT"). A temporary fault starts over with a
 * fresh upload session, unless the registry got everything and only its answer was lost.
 */
export async function uploadBlob(api: RegistryApi, upload: BlobUpload): Promise<void> {
  const { repository, descriptor, open, onSent } = upload;
  const { digest, size } = descriptor;
  await api.retrying(async (attempt) => {
    if (attempt > 1 && (await blobExists(api, { repository, digest }))) return;
    const session = await startSession(api, repository);
    const put: RegistryCall = {
      ...startCall(repository),
      method: 'PUT',
      target: withDigest(session, digest),
      headers: { 'content-type': 'application/octet-stream' },
      body: { length: size, open, onSent },
      headersTimeout: commitTimeout,
    };
    await api.exchange(put, (response) => expectStatus(response, put, [201]));
  });
}

/** Finds out whether we may push, by the one way that every registry answers: an upload that is begun and given up. */
export async function checkPush(api: RegistryApi, repository: Repository): Promise<void> {
  const session = await api.retrying(() => startSession(api, repository));
  await cancelSession(api, repository, session);
}

function startSession(api: RegistryApi, repository: Repository): Promise<URL> {
  return api.exchange(startCall(repository), async (response) => {
    await expectStatus(response, { method: 'POST', repository }, [202]);
    return sessionLocation(response);
  });
}

function startCall(repository: Repository): RegistryCall {
  return { repository, method: 'POST', target: 'blobs/uploads/', actions: ['pull', 'push'] };
}

export interface BlobMount {
  readonly repository: Repository;
  readonly digest: Digest;
  /** In the same registry. */
  readonly from: Repository;
}

/**
 * Makes a blob of another repository appear in this one without moving bytes; false when the registry does not do it,
 * for whatever reason, and the blob must be uploaded.
 */
export async function mountBlob(api: RegistryApi, mount: BlobMount): Promise<boolean> {
  const { repository, digest, from } = mount;
  const call: RegistryCall = {
    ...startCall(repository),
    target: `blobs/uploads/?mount=${encodeURIComponent(digest)}&from=${encodeURIComponent(from.path)}`,
    mountFrom: from.path,
  };
  try {
    return await api.retrying(async () => {
      const session = await api.exchange(call, async (response) => {
        await expectStatus(response, call, [201, 202]);
        return response.status === 202 ? sessionLocation(response) : undefined;
      });
      if (session !== undefined) await cancelSession(api, repository, session);
      return session === undefined;
    });
  } catch (error) {
    if (isFailure(error, 'registry.refused')) return false;
    throw error;
  }
}

/** Good manners only: a registry removes forgotten sessions by itself. */
async function cancelSession(api: RegistryApi, repository: Repository, session: URL): Promise<void> {
  try {
    await api.exchange(
      { ...startCall(repository), method: 'DELETE', target: session },
      async () => undefined,
    );
  } catch (error) {
    if (!(error instanceof HttpError)) throw error;
  }
}

/** Where the session goes on. A registry behind a TLS proxy may name itself with http; we stay on https. */
function sessionLocation(response: HttpResponse): URL {
  const location = response.header('location') ?? '';
  const base = response.url;
  const session = location !== '' && URL.canParse(location, base.href) ? new URL(location, base) : undefined;
  if (session?.protocol === 'http:' && session.hostname === base.hostname) session.protocol = base.protocol;
  if (session?.protocol === 'https:' || (session !== undefined && session.protocol === base.protocol))
    return session;
  const url = redactUrl(base);
  throw new ImageBuilderError(
    'registry.corrupt',
    `POST ${url}: an upload session without a usable location`,
    { url },
  );
}

/** Adds the digest behind the query that the location already carries, which must not change by a byte. */
function withDigest(session: URL, digest: Digest): URL {
  const separator = session.search === '' ? '?' : '&';
  const url = new URL(session);
  url.search = `${session.search}${separator}digest=${encodeURIComponent(digest)}`;
  return url;
}
