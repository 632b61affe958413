export type NamedValue = readonly [name: string, value: string];

/** A build secret by reference: its value is never known here. */
export type BuildSecret =
  | { readonly id: string; readonly env: string }
  | { readonly id: string; readonly src: string };

/** One build of every platform, as the plan decided it. Paths are absolute. */
export interface BuildJob {
  /** Root of the git checkout that the context lies in. */
  readonly checkoutDir: string;
  readonly contextDir: string;
  readonly dockerfilePath: string;
  readonly target?: string | undefined;
  /** As `os/architecture[/variant]`; at least one. */
  readonly platforms: readonly string[];
  readonly buildArgs: readonly NamedValue[];
  readonly labels: Readonly<Record<string, string>>;
  /** Written to every manifest, and to the index where there is one. */
  readonly annotations: Readonly<Record<string, string>>;
  readonly secrets: readonly BuildSecret[];
  /** A directory, or what `docker buildx build --build-context` takes otherwise. */
  readonly namedContexts: readonly NamedValue[];
  /** References in a registry. */
  readonly cacheFrom: readonly string[];
  readonly cacheTo: readonly string[];
  readonly provenance: 'off' | 'min' | 'max';
  /** Whether to scan, or the image of the scanner. */
  readonly sbom: boolean | string;
  /** Of the layers that the build adds. */
  readonly compression: 'gzip' | 'zstd';
  readonly noCache: boolean;
  /** Seconds since the epoch that stand for every time in the image. */
  readonly sourceDateEpoch?: number | undefined;
  /** Whether files newer than `sourceDateEpoch` get that time. */
  readonly rewriteTimestamp: boolean;
  /** Name of the builder node, where there are several; its steps are shown under it. */
  readonly node?: string | undefined;
  /** Name of the buildx builder; the current one unless given. */
  readonly builder?: string | undefined;
  /** Where the OCI image layout goes; created if missing. */
  readonly outputDir: string;
  readonly metadataPath: string;
}

/** Whether the result is an index: several platforms, or an attestation beside the one manifest. */
export function yieldsIndex(job: Pick<BuildJob, 'platforms' | 'provenance' | 'sbom'>): boolean {
  return job.platforms.length > 1 || job.provenance !== 'off' || job.sbom !== false;
}
