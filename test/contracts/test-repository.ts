import { createHash, randomUUID } from 'node:crypto';
import { inject } from 'vitest';
import { type Descriptor, type Digest, parseRepository, type Repository } from '../../src/oci/index.ts';

const bench = inject('workbench');

export const emptyConfig = Buffer.from('{}');
const indexType = 'application/vnd.oci.image.index.v1+json';
const manifestType = 'application/vnd.oci.image.manifest.v1+json';

/** A repository of the workbench's registry, talked to in plain HTTP and apart from the product's own client. */
export interface TestRepository {
  /** `localhost:PORT/name`. */
  readonly name: string;
  /** As the product wants it. */
  readonly repository: Repository;
  pushManifest(bytes: Uint8Array, mediaType: string, tag?: string): Promise<Descriptor>;
  pushBlob(bytes: Uint8Array): Promise<Digest>;
  fetchManifest(tagOrDigest: string): Promise<Uint8Array>;
  fetchBlob(digest: Digest): Promise<Uint8Array>;
  /** Stores signatures and names them, and nothing else, in the index under the fallback tag. */
  attach(subject: Descriptor, ...signatures: readonly StoredSignature[]): Promise<void>;
}

export interface StoredSignature {
  readonly manifest: Uint8Array;
  readonly envelope: Uint8Array;
  /** Laid over its entry in the index; what is undefined is left out. */
  readonly entry?: Readonly<Record<string, unknown>>;
}

/** `registry` is `localhost:PORT`; absent, it is the workbench's. */
export function openRepository(path: string, registry = bench.registry): TestRepository {
  const base = `http://${registry}/v2/${path}`;
  const name = `${registry}/${path}`;
  const call = async (url: string, init: RequestInit = {}) => {
    const response = await fetch(url, init);
    if (!response.ok)
      throw new Error(`${init.method ?? 'GET'} ${url}: ${response.status} ${await response.text()}`);
    return response;
  };
  const bytesOf = async (url: string, accept = '*/*') =>
    new Uint8Array(await (await call(url, { headers: { accept } })).arrayBuffer());
  // The registry stumbles over parallel uploads of one blob.
  let emptyStored: Promise<Digest> | undefined;
  const repository: TestRepository = {
    name,
    repository: parseRepository(name) as Repository,
    pushBlob: async (bytes) => {
      const digest = digestOf(bytes);
      const started = await call(`${base}/blobs/uploads/`, { method: 'POST' });
      const upload = new URL(started.headers.get('location') ?? '', base);
      upload.searchParams.set('digest', digest);
      const headers = { 'content-type': 'application/octet-stream' };
      await call(upload.href, { method: 'PUT', headers, body: Uint8Array.from(bytes) });
      return digest;
    },
    pushManifest: async (bytes, mediaType, tag) => {
      const digest = digestOf(bytes);
      const headers = { 'content-type': mediaType };
      await call(`${base}/manifests/${tag ?? digest}`, {
        method: 'PUT',
        headers,
        body: Uint8Array.from(bytes),
      });
      return { mediaType, digest, size: bytes.length };
    },
    fetchManifest: (tagOrDigest) =>
      bytesOf(`${base}/manifests/${tagOrDigest}`, `${indexType}, ${manifestType}`),
    fetchBlob: (digest) => bytesOf(`${base}/blobs/${digest}`),
    attach: async (subject, ...signatures) => {
      emptyStored ??= repository.pushBlob(emptyConfig);
      await emptyStored;
      const manifests: unknown[] = [];
      for (const { manifest, envelope, entry } of signatures) {
        await repository.pushBlob(envelope);
        const stored = await repository.pushManifest(manifest, manifestType);
        const { artifactType, config } = JSON.parse(Buffer.from(manifest).toString());
        manifests.push({ ...stored, artifactType: artifactType ?? config.mediaType, ...entry });
      }
      const index = { schemaVersion: 2, mediaType: indexType, manifests };
      await repository.pushManifest(Buffer.from(JSON.stringify(index)), indexType, fallbackTag(subject));
    },
  };
  return repository;
}

export function fallbackTag({ digest }: Descriptor): string {
  return digest.replace(':', '-');
}

export type SubjectKind = 'manifest' | 'index' | 'docker manifest' | 'docker list';

/** Pushes an artifact that nobody else has. */
export async function pushSubject(repository: TestRepository, kind: SubjectKind): Promise<Descriptor> {
  const docker = kind.startsWith('docker');
  const types = docker
    ? [
        'application/vnd.docker.distribution.manifest.v2+json',
        'application/vnd.docker.container.image.v1+json',
      ]
    : [manifestType, 'application/vnd.oci.image.config.v1+json'];
  const [mediaType, configType] = types as [string, string];
  const config = Buffer.from(
    JSON.stringify({ architecture: 'amd64', os: 'linux', config: { Labels: { id: randomUUID() } } }),
  );
  const image = {
    schemaVersion: 2,
    mediaType,
    config: { mediaType: configType, digest: await repository.pushBlob(config), size: config.length },
    layers: [],
  };
  const manifest = await repository.pushManifest(Buffer.from(JSON.stringify(image)), mediaType);
  if (kind.endsWith('manifest')) return manifest;
  const listType = docker ? 'application/vnd.docker.distribution.manifest.list.v2+json' : indexType;
  const platform = { os: 'linux', architecture: 'amd64' };
  const list = { schemaVersion: 2, mediaType: listType, manifests: [{ ...manifest, platform }] };
  return repository.pushManifest(Buffer.from(JSON.stringify(list)), listType);
}

/** What an index of `pushSubject` lists. */
export async function childOf(
  repository: TestRepository,
  { digest: index }: Descriptor,
): Promise<Descriptor> {
  const { manifests } = JSON.parse(Buffer.from(await repository.fetchManifest(index)).toString());
  const [{ mediaType, digest, size }] = manifests;
  return { mediaType, digest, size };
}

/** The manifest of a signature, made by hand. */
export function signatureManifest(subject: Descriptor, envelope: Uint8Array, mediaType: string): Uint8Array {
  return Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: manifestType,
      artifactType: 'application/vnd.cncf.notary.signature',
      config: {
        mediaType: 'application/vnd.oci.empty.v1+json',
        digest: digestOf(emptyConfig),
        size: emptyConfig.length,
      },
      layers: [{ mediaType, digest: digestOf(envelope), size: envelope.length }],
      subject,
      annotations: { 'io.cncf.notary.x509chain.thumbprint#S256': '[]' },
    }),
  );
}

function digestOf(bytes: Uint8Array): Digest {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}` as Digest;
}
