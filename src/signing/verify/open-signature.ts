import type { Descriptor } from '../../oci/index.ts';
import { openEnvelope } from '../envelope/open-envelope.ts';
import { readPayload } from '../envelope/payload.ts';
import { notationArtifactType } from '../notation/sign-descriptor.ts';
import { SignatureRejected, type SignedEnvelope } from '../signed-envelope.ts';
import {
  fetchCandidate,
  type SignatureCandidate,
  type SignatureKind,
  type SignaturePlace,
} from './find-candidates.ts';

/** Notary Project signature specification v1.1; before it, the type stood at the configuration. */
export const notationKind: SignatureKind = {
  artifactType: notationArtifactType,
  exclusive: true,
  isSignature: ({ artifactType, config }) => (artifactType ?? config.mediaType) === notationArtifactType,
};

export interface OpenedSignature {
  readonly envelope: SignedEnvelope;
  /** What the signer wrote beside the artifact's digest. */
  readonly metadata: Readonly<Record<string, string>>;
}

/**
 * Fetches and opens a signature over exactly this artifact; undefined when the candidate is none after all. Nobody is
 * trusted yet. Throws SignatureRejected.
 */
export async function openSignature(
  place: SignaturePlace,
  candidate: SignatureCandidate,
  artifact: Descriptor,
): Promise<OpenedSignature | undefined> {
  const untrusted = await fetchCandidate(place, candidate, notationKind);
  if (untrusted === undefined) return undefined;
  const envelope = await openEnvelope(untrusted.bytes, untrusted.mediaType);
  return { envelope, metadata: checkPayload(envelope, artifact) };
}

/** What was signed must be this artifact, and no other with the same digest under another type. */
function checkPayload({ payload }: SignedEnvelope, artifact: Descriptor): Readonly<Record<string, string>> {
  const signed = readPayload(payload);
  const same =
    signed.digest === artifact.digest &&
    signed.mediaType === artifact.mediaType &&
    signed.size === artifact.size;
  if (same) return signed.annotations ?? {};
  const what = signed.digest === artifact.digest ? 'the same digest as another type or size' : signed.digest;
  const { digest, mediaType, size } = artifact;
  throw new SignatureRejected(
    'payload.mismatch',
    `the signature is for ${what}, expected ${digest} (${mediaType}, ${size} bytes)`,
  );
}
