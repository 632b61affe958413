import { type Descriptor, platformManifests } from '../oci/index.ts';
import type { ImageContent } from '../registry/index.ts';

/** What one platform pulls. */
export interface PlatformImage {
  readonly platform: string;
  /** Of its manifest. */
  readonly descriptor: Descriptor;
  /** Bytes of the compressed layers and the config. */
  readonly size: number;
}

/** The images of an index, one for each platform; attestations, whose platform is unknown, are none. */
export function platformImages(content: ImageContent, planned: readonly string[]): readonly PlatformImage[] {
  const root = content.manifests.at(-1);
  if (root === undefined) return [];
  if (root.manifest.kind === 'manifest') return [imageOf(root, planned[0] ?? '')];
  return platformManifests(root.manifest).flatMap(({ platform, descriptor }) => {
    const child = content.manifests.find(({ descriptor: { digest } }) => digest === descriptor.digest);
    return child === undefined ? [] : [imageOf(child, platform)];
  });
}

function imageOf(
  { descriptor, manifest }: ImageContent['manifests'][number],
  platform: string,
): PlatformImage {
  const parts = manifest.kind === 'manifest' ? [manifest.config, ...manifest.layers] : [];
  return { platform, descriptor, size: parts.reduce((total, { size }) => total + size, 0) };
}
