import { type Descriptor, platformManifests } from '../oci/index.ts';
import type { ImageLayout } from '../registry/index.ts';

/** What one platform pulls. */
export interface PlatformImage {
  readonly platform: string;
  /** Of its manifest. */
  readonly descriptor: Descriptor;
  /** Bytes of the compressed layers and the config. */
  readonly size: number;
}

/** The images of a layout, one for each platform; attestations, whose platform is unknown, are none. */
export function platformImages(layout: ImageLayout, planned: readonly string[]): readonly PlatformImage[] {
  const root = layout.manifests.at(-1);
  if (root === undefined) return [];
  if (root.manifest.kind === 'manifest') return [imageOf(root, planned[0] ?? '')];
  return platformManifests(root.manifest).flatMap(({ platform, descriptor }) => {
    const child = layout.manifests.find(({ descriptor: { digest } }) => digest === descriptor.digest);
    return child === undefined ? [] : [imageOf(child, platform)];
  });
}

function imageOf(
  { descriptor, manifest }: ImageLayout['manifests'][number],
  platform: string,
): PlatformImage {
  const parts = manifest.kind === 'manifest' ? [manifest.config, ...manifest.layers] : [];
  return { platform, descriptor, size: parts.reduce((total, { size }) => total + size, 0) };
}
