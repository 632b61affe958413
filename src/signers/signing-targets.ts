import { type Descriptor, maxTagLength, type Repository } from '../oci/index.ts';
import type { SigningTarget } from './signer.ts';

/** An image in one repository, and all of it that gets a signature. */
export interface SignableImage {
  readonly repository: Repository;
  /** What the tags name: an index, or the manifest of the one platform. */
  readonly root: Descriptor;
  /** The manifests in the index, without attestations. */
  readonly platforms: readonly { readonly platform: string; readonly descriptor: Descriptor }[];
  readonly tags: readonly string[];
  readonly metadata: Readonly<Record<string, string>>;
}

export interface PlatformTarget extends SigningTarget {
  /** Absent for what the tags name. */
  readonly platform?: string;
}

/**
 * What is signed of an image: what its tags name, and each platform's manifest, so that whoever verifies a single
 * platform finds a signature too. A platform's tags are those of the image with the platform's name at their end: no
 * such tag is ever set, but the Signify service knows what it signs by tag.
 */
export function signingTargets(image: SignableImage): readonly PlatformTarget[] {
  const { repository, root, tags, metadata } = image;
  const children = image.platforms.filter(({ descriptor }) => descriptor.digest !== root.digest);
  return [
    { repository, descriptor: root, tags, metadata },
    ...children.map(({ platform, descriptor }) => {
      const suffix = `-${platform.replaceAll('/', '-')}`;
      const suffixed = tags.map((tag) => `${tag.slice(0, maxTagLength - suffix.length)}${suffix}`);
      return { repository, descriptor, metadata, platform, tags: [...new Set(suffixed)] };
    }),
  ];
}
