import { createHash, randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

interface FixtureDescriptor {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
}

export interface LayoutFixture {
  readonly directory: string;
  readonly root: FixtureDescriptor;
  readonly children: readonly FixtureDescriptor[];
  /** Configs and layers of all platforms; one layer is common to both. */
  readonly blobs: readonly FixtureDescriptor[];
  readonly pathOf: (digest: string) => string;
  readonly remove: () => Promise<void>;
}

const types = {
  index: 'application/vnd.oci.image.index.v1+json',
  manifest: 'application/vnd.oci.image.manifest.v1+json',
  config: 'application/vnd.oci.image.config.v1+json',
  layer: 'application/vnd.oci.image.layer.v1.tar+gzip',
};

/** Writes an image of two platforms as BuildKit's `type=oci,tar=false` does; layers have `layerSize` random bytes. */
export async function writeImageLayout({ layerSize = 1_000 } = {}): Promise<LayoutFixture> {
  const directory = await mkdtemp(join(tmpdir(), 'image-layout-'));
  const pathOf = (digest: string) => join(directory, 'blobs', ...(digest.split(':') as [string, string]));
  await mkdir(join(directory, 'blobs', 'sha256'), { recursive: true });
  const store = async (bytes: Buffer, mediaType: string): Promise<FixtureDescriptor> => {
    const digest = `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
    await writeFile(pathOf(digest), bytes);
    return { mediaType, digest, size: bytes.length };
  };
  const storeJson = (value: object, mediaType: string) =>
    store(Buffer.from(JSON.stringify(value)), mediaType);
  const common = await store(randomBytes(layerSize), types.layer);
  const blobs = [common];
  const children: FixtureDescriptor[] = [];
  for (const architecture of ['amd64', 'arm64']) {
    const config = await storeJson(
      { architecture, os: 'linux', rootfs: { type: 'layers', diff_ids: [] } },
      types.config,
    );
    const layer = await store(randomBytes(layerSize), types.layer);
    blobs.push(config, layer);
    const manifest = { schemaVersion: 2, mediaType: types.manifest, config, layers: [common, layer] };
    children.push(await storeJson(manifest, types.manifest));
  }
  const index = { schemaVersion: 2, mediaType: types.index, manifests: children };
  const root = await storeJson(index, types.index);
  const named = { ...root, annotations: { 'org.opencontainers.image.created': '2026-03-04T05:06:07Z' } };
  const top = { schemaVersion: 2, mediaType: types.index, manifests: [named] };
  await writeFile(join(directory, 'index.json'), JSON.stringify(top));
  await writeFile(join(directory, 'oci-layout'), '{"imageLayoutVersion":"1.0.0"}');
  const remove = () => rm(directory, { recursive: true });
  return { directory, root, children, blobs, pathOf, remove };
}
