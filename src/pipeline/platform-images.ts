import { type Digest, printPlatform } from '../oci/index.ts';
import type { ImageLayout } from '../registry/index.ts';

/** What one platform pulls. */
export interface PlatformImage {
  readonly platform: string;
  readonly digest: Digest;
  /** Bytes of the compressed layers and the config. */
  readonly size: number;
}

/** The images of a layout, one for each platform; attestations, whose platform is unknown, are none. */
export function platformImages(layout: ImageLayout, planned: readonly string[]): readonly PlatformImage[] {
  const root = layout.manifests.at(-1);
  if (root === undefined) return [];
  if (root.manifest.kind === 'manifest') return [imageOf(root, planned[0] ?? '')];
  return root.manifest.manifests.flatMap(({ digest, platform }) => {
    const child = layout.manifests.find(({ descriptor }) => descriptor.digest === digest);
    if (child === undefined || platform === undefined || platform.os === 'unknown') return [];
    return [imageOf(child, printPlatform(platform))];
  });
}

function imageOf(
  { descriptor, manifest }: ImageLayout['manifests'][number],
  platform: string,
): PlatformImage {
  const parts = manifest.kind === 'manifest' ? [manifest.config, ...manifest.layers] : [];
  return { platform, digest: descriptor.digest, size: parts.reduce((total, { size }) => total + size, 0) };
}
