import type { Advice } from '../advice/index.ts';
import type { BuildOutcome } from '../buildkit/index.ts';
import type { BuildNode } from '../plan/index.ts';
import type { ImageContent, ImageLayout, PublishedRepository, SentBlobs } from '../registry/index.ts';
import type { MountedStep } from './mounted-steps.ts';
import type { NodeMounts } from './mounts.ts';
import type { BuildInputs } from './reuse/build-inputs.ts';
import type { ReuseRecord } from './reuse/reuse-record.ts';
import type { SignedTarget } from './sign-targets.ts';

/** How far a run has come; filled in by its stages, read by the report. */
export interface RunRecord {
  readonly started: Date;
  /** None for an image that an earlier run built. */
  builds: readonly NodeBuild[];
  image: BuiltImage | undefined;
  /** Absent where no earlier image was to be reused. */
  reuse: ReuseRecord | undefined;
  /** What goes into the image, as far as it was looked at before the build. */
  inputs: BuildInputs | undefined;
  /** What would make the build faster. */
  advice: readonly Advice[];
  /** What went to registries before the image was whole. */
  sent: readonly SentBlobs[];
  /** Repositories that hold the whole image by digest. */
  published: readonly PublishedRepository[];
  /** What was signed before the first failure, or all there is to sign. */
  signed: readonly SignedTarget[];
  /** Whether every repository has every tag. */
  tagged: boolean;
}

/** What became of the build on one node. */
export interface NodeBuild {
  readonly node: BuildNode;
  readonly outcome: BuildOutcome;
  /** Absent when no cache mounts are kept. */
  readonly mounts: BuiltMounts | undefined;
  /** Whether anything is to be kept: the cache answered when the build began. */
  readonly keepsCache: boolean;
}

/** The cache mounts of a node that has built. */
export interface BuiltMounts extends NodeMounts {
  /** The steps that were expected to run. */
  readonly due: readonly MountedStep[];
}

export interface BuiltImage {
  /** Absolute path of its layout. */
  readonly directory: string;
  readonly layout: ImageLayout;
  /** Whether an earlier run built it. */
  readonly resumed: boolean;
}

export function startRecord(started: Date): RunRecord {
  return {
    ...{ started, builds: [], image: undefined, reuse: undefined, inputs: undefined },
    ...{ advice: [], sent: [], published: [], signed: [], tagged: false },
  };
}

/** The image of the run: an earlier one, or what was built. */
export function imageOf({ reuse, image }: RunRecord): ImageContent | undefined {
  return reuse?.kind === 'reused' ? reuse.image : image?.layout;
}
