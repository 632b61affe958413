import { execFile } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { X509Certificate } from '@peculiar/x509';
import { inject } from 'vitest';
import type { Descriptor, Digest } from '../../src/oci/index.ts';
import type { Identity } from '../fakes/signing/certificates.ts';

const bench = inject('workbench');

const emptyConfig = Buffer.from('{}');
const indexType = 'application/vnd.oci.image.index.v1+json';
const manifestType = 'application/vnd.oci.image.manifest.v1+json';

/** A repository of the workbench's registry, talked to in plain HTTP and apart from the product's own client. */
export interface TestRepository {
  /** `localhost:PORT/name`. */
  readonly name: string;
  pushManifest(bytes: Uint8Array, mediaType: string, tag?: string): Promise<Descriptor>;
  pushBlob(bytes: Uint8Array): Promise<Digest>;
  fetchManifest(tagOrDigest: string): Promise<Uint8Array>;
  fetchBlob(digest: Digest): Promise<Uint8Array>;
  /** Stores a signature and names it in the index under the fallback tag, as its only entry. */
  attach(subject: Descriptor, signature: StoredSignature): Promise<void>;
}

export interface StoredSignature {
  readonly manifest: Uint8Array;
  readonly envelope: Uint8Array;
}

export function openRepository(path: string): TestRepository {
  const base = `http://${bench.registry}/v2/${path}`;
  const call = async (url: string, init: RequestInit = {}) => {
    const response = await fetch(url, init);
    if (!response.ok)
      throw new Error(`${init.method ?? 'GET'} ${url}: ${response.status} ${await response.text()}`);
    return response;
  };
  const bytesOf = async (url: string, accept = '*/*') =>
    new Uint8Array(await (await call(url, { headers: { accept } })).arrayBuffer());
  // The registry stumbles over parallel uploads of one blob.
  let config: Promise<Digest> | undefined;
  const repository: TestRepository = {
    name: `${bench.registry}/${path}`,
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
    attach: async (subject, { manifest, envelope }) => {
      config ??= repository.pushBlob(emptyConfig);
      await Promise.all([repository.pushBlob(envelope), config]);
      const stored = await repository.pushManifest(manifest, manifestType);
      const { artifactType } = JSON.parse(Buffer.from(manifest).toString());
      const index = { schemaVersion: 2, mediaType: indexType, manifests: [{ ...stored, artifactType }] };
      await repository.pushManifest(Buffer.from(JSON.stringify(index)), indexType, fallbackTag(subject));
    },
  };
  return repository;
}

export function fallbackTag({ digest }: Descriptor): string {
  return digest.replace(':', '-');
}

export type SubjectKind = 'manifest' | 'index' | 'docker list';

/** Pushes an artifact that nobody else has. */
export async function pushSubject(repository: TestRepository, kind: SubjectKind): Promise<Descriptor> {
  const docker = kind === 'docker list';
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
  if (kind === 'manifest') return manifest;
  const listType = docker ? 'application/vnd.docker.distribution.manifest.list.v2+json' : indexType;
  const platform = { os: 'linux', architecture: 'amd64' };
  const list = { schemaVersion: 2, mediaType: listType, manifests: [{ ...manifest, platform }] };
  return repository.pushManifest(Buffer.from(JSON.stringify(list)), listType);
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

export interface Verdict {
  readonly accepted: boolean;
  readonly words: string;
}

/** The real notation with a configuration of its own: whom it trusts, and what it signs with. */
export interface Notation {
  verify(reference: string): Promise<Verdict>;
  run(...args: readonly string[]): Promise<Verdict>;
  addKey(name: string, identity: Identity, chain: readonly X509Certificate[]): void;
  /** Writes a file of certificates into its folder and returns the path. */
  writePem(name: string, certificates: readonly X509Certificate[]): string;
  dispose(): void;
}

export interface Trust {
  readonly repository: TestRepository;
  readonly roots: readonly X509Certificate[];
  /** Asks for a timestamp of one of these. */
  readonly timestampRoots?: readonly X509Certificate[];
}

/** Verifies strictly, for each repository by its own policy. */
export function openNotation(trusts: readonly Trust[]): Notation {
  const home = realpathSync(mkdtempSync(join(tmpdir(), 'image-builder-notation-')));
  const folder = join(home, 'notation');
  const keys: { name: string; keyPath: string; certPath: string }[] = [];
  const write = (path: string, text: string) => {
    mkdirSync(join(folder, path, '..'), { recursive: true });
    writeFileSync(join(folder, path), text, { mode: 0o600 });
    return join(folder, path);
  };
  const pem = (certificates: readonly X509Certificate[]) =>
    certificates.map((certificate) => `${certificate.toString('pem')}\n`).join('');
  const store = (type: string, name: string, roots: readonly X509Certificate[]) => {
    for (const [at, root] of roots.entries()) write(`truststore/x509/${type}/${name}/${at}.pem`, pem([root]));
    return `${type}:${name}`;
  };
  const policies = trusts.map(({ repository, roots, timestampRoots }, at) => ({
    name: `policy-${at}`,
    registryScopes: [repository.name],
    signatureVerification: { level: 'strict' },
    trustStores: [
      store('ca', `store-${at}`, roots),
      ...(timestampRoots ? [store('tsa', `store-${at}`, timestampRoots)] : []),
    ],
    trustedIdentities: ['*'],
  }));
  write('trustpolicy.json', JSON.stringify({ version: '1.0', trustPolicies: policies }));
  const run = (...args: readonly string[]) =>
    new Promise<Verdict>((resolve) => {
      const env = { ...process.env, ...bench.env, XDG_CONFIG_HOME: home };
      execFile(bench.notation, args, { env, timeout: 60_000 }, (error, stdout, stderr) =>
        resolve({ accepted: error === null, words: `${stdout}${stderr}` }),
      );
    });
  return {
    run,
    verify: (reference) => run('verify', '--verbose', reference),
    writePem: (name, certificates) => write(name, pem(certificates)),
    addKey: (name, { privateKey }, chain) => {
      const keyPath = write(`${name}.key`, String(privateKey.export({ type: 'pkcs8', format: 'pem' })));
      keys.push({ name, keyPath, certPath: write(`${name}.crt`, pem(chain)) });
      write('signingkeys.json', JSON.stringify({ default: name, keys }));
    },
    dispose: () => rmSync(home, { recursive: true, force: true }),
  };
}

function digestOf(bytes: Uint8Array): Digest {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}` as Digest;
}
