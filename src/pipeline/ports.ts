import type {
  BuildJob,
  BuildOutcome,
  CacheExport,
  CheckedCache,
  Material,
  RecordedBuild,
  TrackedFiles,
} from '../buildkit/index.ts';
import type { Mount, MountKeeper } from '../cache-mounts/index.ts';
import type { Descriptor, Digest, PlatformManifest, Reference, Repository } from '../oci/index.ts';
import type { BuildNode, MountCache, NamedValue } from '../plan/index.ts';
import type {
  ImageLayout,
  PublishedRepository,
  RawManifest,
  SentBlobs,
  StoredImage,
} from '../registry/index.ts';
import type { SigningTarget, TargetOutcome } from '../signers/index.ts';
import type { Artifact, SignedMetadata } from '../signing/index.ts';
import type { GoLogin } from './go-netrc.ts';

/** What the pipeline needs done by others; the command line puts the adapters in. */
export interface Ports {
  /** The logins for private Go modules. Throws when one cannot be had. */
  goLogins(): Promise<readonly GoLogin[]>;
  /** Builds into an OCI layout at `job.outputDir`. Nothing reaches a registry. */
  build(job: BuildJob, signal: AbortSignal): Promise<BuildOutcome>;
  /**
   * The layers that a reference names for builds to use; undefined when there are none. Throws `registry.corrupt` when
   * they are not whole.
   */
  checkCache(reference: string, signal: AbortSignal): Promise<CheckedCache | undefined>;
  /** Writes the layers of a build that has just succeeded into a registry. */
  exportCache(made: CacheExport, signal: AbortSignal): Promise<void>;
  /** Writes down beside these layers which steps, by their names, have their results among them. */
  keepSteps(reference: string, steps: readonly Digest[], signal: AbortSignal): Promise<void>;
  /** Nothing happens before the keeper is told to. */
  keepMounts(keeping: MountKeeping): MountKeeper;
  /** What went into a build by the engine's own record of it; undefined where the engine does not tell. */
  recordedMaterials(build: RecordedBuild, signal: AbortSignal): Promise<readonly Material[] | undefined>;
  /** What git knows of the files of a checkout; undefined where it cannot tell. */
  trackedFiles(root: string, signal: AbortSignal): Promise<TrackedFiles | undefined>;
  /** What an image stands for at the moment, by its registry; undefined when it is not there. */
  lookUpImage(reference: Reference, signal: AbortSignal): Promise<Digest | undefined>;
  /** What of the engine may show in an image; undefined where it does not tell. */
  describeBuilder(builder: string | undefined, signal: AbortSignal): Promise<string | undefined>;
  /** Throws where we may not push; a registry that is down has until the end of the build to come back. */
  checkPush(repositories: readonly Repository[], signal: AbortSignal): Promise<void>;
  /** The same for a repository of caches, as whoever writes them. */
  checkCachePush(repository: Repository, signal: AbortSignal): Promise<void>;
  /** Throws when a signer of the plan lacks what it needs to sign there. */
  checkSigners(repositories: readonly Repository[], signal: AbortSignal): Promise<void>;
  /** Reads a layout and checks every manifest against its digest. */
  readLayout(directory: string): Promise<ImageLayout>;
  /** Everything that it does ends with `signal`. */
  openPublisher(signal: AbortSignal): Publisher;
  /** Everything that it does ends with `signal`. */
  openEarlierImages(signal: AbortSignal): EarlierImages;
}

/** Images that repositories hold from earlier builds. */
export interface EarlierImages {
  /** What a tag or digest names; anybody who can push may have moved a tag. */
  find(repository: Repository, reference: string): Promise<Descriptor | undefined>;
  /** Throws where the signatures of one of these signers cannot be told here from those of others. */
  checkVouchers(signers: readonly string[]): Promise<void>;
  /** What a signer of the plan itself wrote into its signatures over this artifact, as far as they count today. */
  signedBy(signer: string, artifact: Artifact): Promise<readonly SignedMetadata[]>;
  /** The image with everything that it consists of; undefined when that is not there whole. */
  read(repository: Repository, digest: Digest): Promise<StoredImage | undefined>;
  /** Brings it by digest to every repository that lacks it. */
  copy(image: StoredImage, repositories: readonly Repository[]): Promise<readonly PublishedRepository[]>;
  /** Lets every repository find it by a tag of ours. */
  keep(image: PushedImage, tag: string): Promise<void>;
}

/** The cache mounts of one node and where they are kept. */
export interface MountKeeping {
  readonly cache: MountCache;
  readonly mounts: readonly Mount[];
  /** Of the caller's build, which gives the mounts their names on the engine. */
  readonly namespace: NamedValue;
  /** Absolute path of a folder of its own. */
  readonly folder: string;
  readonly node: BuildNode;
}

export interface Publisher {
  /** Brings the blobs of a part of an image to where `publish` will look for them, and nothing that names them. */
  send(part: Publication): Promise<readonly SentBlobs[]>;
  /** Brings the whole image to every repository by digest. */
  publish(image: Publication): Promise<readonly PublishedRepository[]>;
  /** Has it signed by every signer of the plan, and looks for the signatures as a verifier would. Does not throw. */
  sign(target: SigningTarget): Promise<TargetOutcome>;
  /** Moves the tags in every repository, or none. */
  moveTags(image: PushedImage, tags: readonly string[]): Promise<void>;
}

/** An image that every repository holds, whether or not its layers are at hand too. */
export interface PushedImage {
  /** What the tags will name. */
  readonly root: RawManifest;
  readonly platforms: readonly PlatformManifest[];
  readonly repositories: readonly Repository[];
}

/** A built image and where it goes. */
export interface Publication {
  readonly layout: ImageLayout;
  readonly repositories: readonly Repository[];
}
