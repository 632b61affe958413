import { ImageBuilderError, isFailure, reasonOf } from '../core/index.ts';
import { type HttpResponse, redactUrl } from '../http/index.ts';
import {
  type Descriptor,
  digestOf,
  type Index,
  isDigest,
  type Manifest,
  manifestMediaTypes,
  matchesDigest,
  parseDigest,
  parseManifest,
  type Repository,
} from '../oci/index.ts';
import type { RegistryApi, RegistryCall } from './registry-api.ts';
import { expectStatus } from './registry-failure.ts';

/** Distribution specification v1.1: registries should accept at least 4 MiB, and nobody sends more. */
export const maxManifestBytes = 4 * 1024 * 1024;

/** A manifest as it came, under the digest of its own bytes. */
export interface RawManifest {
  readonly descriptor: Descriptor;
  readonly bytes: Uint8Array;
}

export interface FetchedManifest extends RawManifest {
  readonly manifest: Manifest | Index;
}

export interface ManifestCall {
  readonly repository: Repository;
  readonly tagOrDigest: string;
}

export interface ManifestBytes {
  readonly bytes: Uint8Array;
  readonly mediaType: string;
}

function callFor({ repository, tagOrDigest }: ManifestCall, method: RegistryCall['method']): RegistryCall {
  return {
    repository,
    method,
    target: `manifests/${tagOrDigest}`,
    actions: ['pull'],
    headers: { accept: manifestMediaTypes.join(', ') },
  };
}

/** What a tag or digest names, by HEAD where the registry says the digest; undefined when it names nothing. */
export async function resolveManifest(api: RegistryApi, call: ManifestCall): Promise<Descriptor | undefined> {
  const head = callFor(call, 'HEAD');
  const found = await api.request(head, async (response) => {
    if (response.status === 404) return 'missing';
    if (response.status === 405) return 'unknown';
    await expectStatus(response, head, [200]);
    return announced(response, call.tagOrDigest) ?? 'unknown';
  });
  if (found === 'missing') return undefined;
  return found === 'unknown' ? (await findManifest(api, call))?.descriptor : found;
}

function announced(response: HttpResponse, tagOrDigest: string): Descriptor | undefined {
  const digest = parseDigest(response.header('docker-content-digest') ?? '');
  const size = Number(response.header('content-length'));
  const mediaType = mediaTypeOf(response);
  if (digest === undefined || mediaType === undefined || !Number.isSafeInteger(size) || size <= 0)
    return undefined;
  if (isDigest(tagOrDigest) && tagOrDigest !== digest)
    throw corrupt(response, `expected ${tagOrDigest}, got ${digest}`);
  return { mediaType, digest, size };
}

/** The bytes that a tag or digest names, verified; undefined when it names nothing. */
export async function findManifest(api: RegistryApi, call: ManifestCall): Promise<RawManifest | undefined> {
  const get = callFor(call, 'GET');
  return api.request(get, async (response) => {
    if (response.status === 404) return undefined;
    await expectStatus(response, get, [200]);
    return readManifest(response, call.tagOrDigest);
  });
}

/** As `findManifest`, read and checked; what is missing is refused. */
export async function fetchManifest(api: RegistryApi, call: ManifestCall): Promise<FetchedManifest> {
  const get = callFor(call, 'GET');
  return api.request(get, async (response) => {
    await expectStatus(response, get, [200]);
    const raw = await readManifest(response, call.tagOrDigest);
    try {
      return { ...raw, manifest: parseManifest(raw.bytes, raw.descriptor.mediaType) };
    } catch (error) {
      throw corrupt(response, reasonOf(error), error);
    }
  });
}

async function readManifest(response: HttpResponse, tagOrDigest: string): Promise<RawManifest> {
  const bytes = await response.bytes(maxManifestBytes);
  const asked = parseDigest(tagOrDigest);
  const claimed = parseDigest(response.header('docker-content-digest') ?? '');
  for (const expected of [asked, claimed]) {
    if (expected !== undefined && !matchesDigest(bytes, expected)) {
      throw corrupt(response, `expected ${expected}, got ${digestOf(bytes)}`);
    }
  }
  const mediaType = mediaTypeOf(response) ?? mediaTypeInside(bytes);
  if (mediaType === undefined) throw corrupt(response, 'a manifest without a media type');
  return { bytes, descriptor: { mediaType, digest: asked ?? digestOf(bytes), size: bytes.length } };
}

/** The media type that the registry announces; undefined when it is only a general one. */
function mediaTypeOf(response: HttpResponse): string | undefined {
  const type = response.header('content-type')?.split(';')[0]?.trim().toLowerCase();
  return type?.startsWith('application/vnd.') ? type : undefined;
}

function mediaTypeInside(bytes: Uint8Array): string | undefined {
  try {
    const { mediaType } = JSON.parse(new TextDecoder().decode(bytes)) as { mediaType?: unknown };
    return typeof mediaType === 'string' ? mediaType : undefined;
  } catch {
    return undefined;
  }
}

/** The same manifest is sent this often when the registry was looking at a blob that somebody else is writing. */
const putAttempts = 3;

/** Stores a manifest under a tag or its digest, and checks that the registry understood the same bytes. */
export async function putManifest(
  api: RegistryApi,
  call: ManifestCall,
  content: ManifestBytes,
): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await putOnce(api, call, content);
    } catch (error) {
      if (attempt === putAttempts || !isBeingWritten(error)) throw error;
    }
  }
}

/** What distribution 2.8 answers when a blob of the manifest, sent by two at once, has no content at this moment. */
function isBeingWritten(error: unknown): boolean {
  return isFailure(error, 'registry.refused') && error.details.registryCode === 'DIGEST_INVALID';
}

async function putOnce(api: RegistryApi, call: ManifestCall, content: ManifestBytes): Promise<void> {
  const put: RegistryCall = {
    ...callFor(call, 'PUT'),
    actions: ['pull', 'push'],
    headers: { 'content-type': content.mediaType },
    body: content.bytes,
  };
  await api.request(put, async (response) => {
    await expectStatus(response, put, [201, 200, 202]);
    const claimed = response.header('docker-content-digest');
    if (claimed === undefined) return;
    const digest = parseDigest(claimed);
    if (digest === undefined || !matchesDigest(content.bytes, digest)) {
      throw corrupt(response, `sent ${digestOf(content.bytes)}, the registry stored something else`);
    }
  });
}

/** Takes a tag away; false when this registry cannot. A tag that is not there counts as taken away. */
export async function deleteTag(api: RegistryApi, call: ManifestCall): Promise<boolean> {
  const remove: RegistryCall = { ...callFor(call, 'DELETE'), actions: ['pull', 'push', 'delete'] };
  return api.request(remove, async (response) => {
    if ([400, 405, 501].includes(response.status)) return false;
    await expectStatus(response, remove, [200, 202, 204, 404]);
    return true;
  });
}

function corrupt(
  response: HttpResponse,
  reason: string,
  cause?: unknown,
): ImageBuilderError<'registry.corrupt'> {
  const url = redactUrl(response.url);
  return new ImageBuilderError('registry.corrupt', `${url}: ${reason}`, { url }, { cause });
}
