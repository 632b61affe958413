import { type ImageBuilderError, isFailure } from '../../core/index.ts';
import { type Descriptor, emptyConfig, type Manifest, type Repository } from '../../oci/index.ts';
import { listReferrers, type RegistryClient, readBlob } from '../../registry/index.ts';
import { largestEnvelope } from '../envelope/open-envelope.ts';
import { SignatureRejected } from '../signed-envelope.ts';

export interface SignaturePlace {
  readonly registry: RegistryClient;
  readonly repository: Repository;
}

/** How signatures of one format are told from everything else that is attached to an artifact. */
export interface SignatureKind {
  readonly artifactType: string;
  /** Whether nothing but signatures has this artifact type. */
  readonly exclusive: boolean;
  readonly isSignature: (manifest: Manifest) => boolean;
}

/** Of a manifest that may be a signature; `certain` when the list itself says that it is one. */
export interface SignatureCandidate {
  readonly descriptor: Descriptor;
  readonly certain: boolean;
}

/**
 * What is attached to the artifact and may be a signature of this kind. Some tools write a list with the type of the
 * empty configuration, or with none at all, so that only the manifest can tell.
 */
export async function findCandidates(
  { registry, repository }: SignaturePlace,
  artifact: Descriptor,
  { artifactType, exclusive }: SignatureKind,
): Promise<readonly SignatureCandidate[]> {
  const referrers = await listReferrers(registry, { repository, subject: artifact.digest });
  const unclear = [undefined, '', emptyConfig.descriptor.mediaType];
  return referrers.flatMap((descriptor) => {
    const typed = descriptor.artifactType === artifactType;
    if (!typed && !unclear.includes(descriptor.artifactType)) return [];
    return [{ descriptor, certain: typed && exclusive }];
  });
}

export interface UntrustedBlob {
  readonly bytes: Uint8Array;
  readonly mediaType: string;
}

/**
 * Fetches the one layer of a signature; undefined when the candidate is no signature after all. Throws
 * SignatureRejected with `manifest.malformed`, and what the registry throws when it is down or refuses.
 */
export async function fetchCandidate(
  { registry, repository }: SignaturePlace,
  { descriptor, certain }: SignatureCandidate,
  { isSignature }: SignatureKind,
): Promise<UntrustedBlob | undefined> {
  return rejectingWhatIsBroken(async () => {
    const { manifest, bytes: stored } = await registry.fetchManifest(repository, descriptor.digest);
    if (stored.length !== descriptor.size)
      throw malformed(`has ${stored.length} bytes, the list says ${descriptor.size}`);
    if (manifest.kind !== 'manifest' || !isSignature(manifest)) {
      if (certain) throw malformed('is listed as a signature and is none');
      return undefined;
    }
    const [layer, ...others] = manifest.layers;
    if (layer === undefined || others.length > 0)
      throw malformed(`has ${manifest.layers.length} layers, expected one with the envelope`);
    const bytes = await readBlob(registry, { repository, descriptor: layer }, { limit: largestEnvelope });
    return { bytes, mediaType: layer.mediaType };
  });
}

/** A signature that is missing or damaged must not keep the others from being looked at; a registry that is down must. */
async function rejectingWhatIsBroken<T>(read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    const missing = isFailure(error, 'registry.refused') && error.details.status === 404;
    if (missing) throw malformed('is listed and not in the repository', error);
    if (isFailure(error, 'registry.corrupt')) throw malformed('is damaged', error);
    throw error;
  }
}

function malformed(fault: string, cause?: ImageBuilderError): SignatureRejected {
  const reason = cause === undefined ? '' : `: ${cause.message}`;
  return new SignatureRejected('manifest.malformed', `the signature ${fault}${reason}`, { cause });
}
