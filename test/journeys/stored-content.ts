import { gunzipSync, zstdDecompressSync } from 'node:zlib';

/** One thing that a registry holds, decompressed. */
export interface StoredContent {
  readonly digest: string;
  readonly mediaType: string;
  readonly bytes: Buffer;
}

interface ManifestLike {
  readonly manifests?: readonly Pointer[];
  readonly config?: Pointer;
  readonly layers?: readonly Pointer[];
}

interface Pointer {
  readonly mediaType: string;
  readonly digest: string;
}

const manifestTypes = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.oci.image.manifest.v1+json',
];

/**
 * Everything below a tag or digest of `host/path`: indexes, manifests, configs, attestations, layers; without the blobs
 * that were there before.
 */
export async function storedContent(
  repository: string,
  reference: string,
  before: ReadonlySet<string> = new Set(),
): Promise<readonly StoredContent[]> {
  const [host = '', ...path] = repository.split('/');
  const base = `http://${host}/v2/${path.join('/')}`;
  const read = async (url: string, accept = '*/*') => {
    const response = await fetch(url, { headers: { accept } });
    if (!response.ok) throw new Error(`${url}: ${response.status}`);
    return Buffer.from(await response.arrayBuffer());
  };
  const below = async (at: string, mediaType: string): Promise<StoredContent[]> => {
    const bytes = await read(`${base}/manifests/${at}`, manifestTypes.join());
    const { manifests = [], config, layers = [] } = JSON.parse(bytes.toString()) as ManifestLike;
    const named = [...(config === undefined ? [] : [config]), ...layers];
    const written = named.filter(({ digest }) => !before.has(digest));
    const blobs = written.map(async (blob) => ({
      ...blob,
      bytes: decompressed(await read(`${base}/blobs/${blob.digest}`)),
    }));
    const children = manifests.map((child) => below(child.digest, child.mediaType));
    return [
      { digest: at, mediaType, bytes },
      ...(await Promise.all(blobs)),
      ...(await Promise.all(children)).flat(),
    ];
  };
  return below(reference, '');
}

function decompressed(bytes: Buffer): Buffer {
  if (bytes.length < 4) return bytes;
  if (bytes.readUInt16BE(0) === 0x1f8b) return gunzipSync(bytes);
  if (bytes.readUInt32LE(0) === 0xfd2fb528) return zstdDecompressSync(bytes);
  return bytes;
}

/** A secret in the forms in which it gets around: as it is, and in base64 at any offset. */
export function holdsSecret(content: Buffer | string, secret: string): boolean {
  const text = typeof content === 'string' ? content : content.toString('latin1');
  return formsOf(secret).some((form) => text.includes(form));
}

function formsOf(secret: string): readonly string[] {
  const shifted = [0, 1, 2].flatMap((offset) =>
    (['base64', 'base64url'] as const).map((alphabet) => {
      const encoded = Buffer.from(`${' '.repeat(offset)}${secret}`)
        .toString(alphabet)
        .replace(/=+$/, '');
      // The first and last characters depend on what stands beside the secret.
      return encoded.slice(Math.ceil((offset * 4) / 3), -2);
    }),
  );
  return [secret, encodeURIComponent(secret), Buffer.from(secret).toString('hex'), ...shifted];
}
