import type { Readable } from 'node:stream';
import type { Clock } from '../core/index.ts';
import { describeRetry, type HttpClient, type RetryNotice } from '../http/index.ts';
import type { Descriptor, Digest, Repository } from '../oci/index.ts';
import type { EmitProgress } from '../progress/index.ts';
import { hasBlob, openBlob } from './blobs.ts';
import type { FindCredentials } from './credentials/credentials.ts';
import {
  deleteTag,
  type FetchedManifest,
  fetchManifest,
  findManifest,
  type ManifestBytes,
  putManifest,
  type RawManifest,
  resolveManifest,
} from './manifests.ts';
import { queryReferrers } from './query-referrers.ts';
import { type RegistryApi, registryApi } from './registry-api.ts';
import { checkPush, mountBlob, uploadBlob } from './upload-blob.ts';

export interface RegistryOptions {
  readonly http: HttpClient;
  readonly credentials: FindCredentials;
  /** Hosts, with port, that speak plain HTTP; this machine always does. */
  readonly plainHttp: readonly string[];
  readonly clock: Clock;
  readonly emit?: EmitProgress | undefined;
  /** Ends every call. */
  readonly signal?: AbortSignal | undefined;
}

interface UploadOptions {
  /** Called anew for each attempt; must give exactly `descriptor.size` bytes. */
  readonly open: () => Readable | Promise<Readable>;
  readonly onSent?: ((bytes: number) => void) | undefined;
}

/**
 * A client of the OCI distribution specification v1.1. Every method retries temporary faults and throws
 * `registry.refused` (4xx), `registry.unavailable`, `registry.corrupt` or `cancelled`.
 */
export interface RegistryClient {
  /** Ends every call. */
  readonly signal: AbortSignal | undefined;
  /** The same client, tokens included, ended by another signal; by none when it is undefined. */
  withSignal(signal: AbortSignal | undefined): RegistryClient;
  /** Finds out how the registry wants to be asked, and gets the right to push before it is needed. */
  authorize(repository: Repository): Promise<void>;
  /** Throws `registry.refused` when we may not push there. */
  checkPush(repository: Repository): Promise<void>;
  resolve(repository: Repository, tagOrDigest: string): Promise<Descriptor | undefined>;
  /** The verified bytes whatever they mean; undefined when nothing is there. */
  findManifest(repository: Repository, tagOrDigest: string): Promise<RawManifest | undefined>;
  fetchManifest(repository: Repository, tagOrDigest: string): Promise<FetchedManifest>;
  putManifest(repository: Repository, tagOrDigest: string, content: ManifestBytes): Promise<void>;
  /** False when this registry cannot delete a tag. */
  deleteTag(repository: Repository, tag: string): Promise<boolean>;
  hasBlob(repository: Repository, digest: Digest): Promise<boolean>;
  /** Takes it from another repository of the same registry; false when it must be uploaded instead. */
  mountBlob(repository: Repository, digest: Digest, from: Repository): Promise<boolean>;
  uploadBlob(repository: Repository, descriptor: Descriptor, options: UploadOptions): Promise<void>;
  /** A stream that fails at its end when it was not what the descriptor says. */
  openBlob(repository: Repository, descriptor: Descriptor): Promise<Readable>;
  /** All pages of the referrers API; undefined where the registry does not have it. */
  queryReferrers(repository: Repository, subject: Digest): Promise<readonly Descriptor[] | undefined>;
}

/** Opens nothing yet: each registry is asked how it wants to be talked to with the first call to it. */
export function openRegistry({ signal, emit, ...options }: RegistryOptions): RegistryClient {
  const onRetry = (notice: RetryNotice) =>
    emit?.({ kind: 'notice', level: 'info', message: describeRetry(notice) });
  return clientOver(registryApi({ ...options, onRetry }, signal));
}

function clientOver(api: RegistryApi): RegistryClient {
  return {
    signal: api.signal,
    withSignal: (signal) => clientOver(api.withSignal(signal)),
    authorize: (repository) => api.authorize(repository),
    checkPush: (repository) => checkPush(api, repository),
    resolve: (repository, tagOrDigest) => resolveManifest(api, { repository, tagOrDigest }),
    findManifest: (repository, tagOrDigest) => findManifest(api, { repository, tagOrDigest }),
    fetchManifest: (repository, tagOrDigest) => fetchManifest(api, { repository, tagOrDigest }),
    putManifest: (repository, tagOrDigest, content) => putManifest(api, { repository, tagOrDigest }, content),
    deleteTag: (repository, tagOrDigest) => deleteTag(api, { repository, tagOrDigest }),
    hasBlob: (repository, digest) => hasBlob(api, { repository, digest }),
    mountBlob: (repository, digest, from) => mountBlob(api, { repository, digest, from }),
    uploadBlob: (repository, descriptor, options) => uploadBlob(api, { ...options, repository, descriptor }),
    openBlob: (repository, descriptor) => openBlob(api, repository, descriptor),
    queryReferrers: (repository, subject) => queryReferrers(api, { repository, subject }),
  };
}
