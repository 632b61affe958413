import type { BuildEvent } from '../ci/index.ts';
import type { Allowed } from '../policy/index.ts';
import type { Tag } from '../tags/index.ts';
import type { NamedValue } from './build-args.ts';
import type { BuildSecret } from './build-secret.ts';
import type { PlannedNode } from './plan-nodes.ts';
import type { ReusePlan } from './plan-reuse.ts';

/** Where cache mounts are kept; each has a tag that begins like these. */
export interface MountCache {
  readonly read: readonly string[];
  readonly write: string;
  /** Of the directories on the engine, which others that it builds for do not share. */
  readonly namespace: string;
  /** Bytes of the files of one mount. */
  readonly maxBytes: number;
  readonly helperImage: string;
}

/** What is read of earlier builds on one node, and written for later ones. */
export interface NodeCache {
  readonly import: readonly string[];
  readonly export?: string;
  /** Absent when cache mounts are not kept. */
  readonly mounts?: MountCache;
}

/** Who writes caches, in the place of docker's login for their registry. */
interface CacheLogin {
  /** Host, with its port. */
  readonly registry: string;
  readonly username: string;
  readonly tokenVariable?: string;
  /** As the configuration has it. */
  readonly tokenFile?: string;
}

export interface BuildNode extends PlannedNode {
  readonly cache: NodeCache;
}

/** Every decision of a build, made before anything runs. Frozen; holds no secret and can be printed. */
export interface BuildPlan {
  readonly version: 1;
  readonly source: {
    readonly event: BuildEvent;
    /** owner/name, or only the name for a checkout without a remote. */
    readonly repository: string;
    readonly commit: string;
    readonly ref?: string;
    readonly pullRequest?: number;
    readonly dirty: boolean;
    readonly url?: string;
    /** Number of the caller's run, where the caller's token says it. */
    readonly run?: string;
  };
  readonly image: {
    readonly name: string;
    /** Relative to the checkout. */
    readonly dockerfile: string;
    readonly context: string;
    readonly target?: string;
  };
  /** os/architecture[/variant]. */
  readonly platforms: readonly string[];
  /** Where they are built; together they have every platform once. */
  readonly nodes: readonly BuildNode[];
  /** Absent where docker's login writes caches, or none are kept. */
  readonly cacheLogin?: CacheLogin;
  readonly buildArgs: readonly NamedValue[];
  readonly buildContexts: readonly NamedValue[];
  readonly secrets: readonly BuildSecret[];
  /** Of the image config; the same go onto manifests and index as annotations. */
  readonly labels: Readonly<Record<string, string>>;
  readonly tags: readonly Tag[];
  readonly destinations: Allowed['destinations'];
  readonly signing: Allowed['signing'];
  /** What else policy says, and which of its rules. */
  readonly policy: Omit<Allowed, 'destinations' | 'signing'>;
  readonly attestations: { readonly provenance: 'off' | 'min' | 'max'; readonly sbom: boolean | string };
  /** Of the layers that the build adds. */
  readonly compression: 'gzip' | 'zstd';
  /** Seconds since 1970 that every time in the image is set to; absent when the build need not be reproducible. */
  readonly sourceDateEpoch?: number;
  readonly noCache: boolean;
  /** Absent where no image of an earlier build is to be reused. */
  readonly reuse?: ReusePlan;
  /** Seconds. */
  readonly timeouts: { readonly build: number; readonly publish: number };
  /** The one reading of the clock, RFC 3339. */
  readonly created: string;
}
