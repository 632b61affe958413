import type { Descriptor, Index } from './manifest.ts';
import { printPlatform } from './platform.ts';

export interface PlatformManifest {
  /** os/architecture[/variant]. */
  readonly platform: string;
  readonly descriptor: Descriptor;
}

/** What an index has for platforms; attestations, whose platform is unknown, are for none. */
export function platformManifests({ manifests }: Index): readonly PlatformManifest[] {
  return manifests.flatMap(({ platform, ...descriptor }) =>
    platform === undefined || platform.os === 'unknown'
      ? []
      : [{ platform: printPlatform(platform), descriptor }],
  );
}
