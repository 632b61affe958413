import type { X509Certificate } from '@peculiar/x509';
import { ImageBuilderError } from '../../core/index.ts';
import { type Descriptor, type Digest, printReference, type Repository } from '../../oci/index.ts';
import { thumbprintOf } from '../certificates/thumbprint.ts';
import { openEnvelope } from '../envelope/open-envelope.ts';
import { readPayload } from '../envelope/payload.ts';
import { notationArtifactType } from '../notation/notation-signer.ts';
import { SignatureRejected, type SignedEnvelope } from '../signed-envelope.ts';
import { policyFor, type Trust, type TrustPolicy } from '../trust/load-trust.ts';
import { checkTrust } from './check-trust.ts';
import { examineCandidates } from './examine-candidates.ts';
import {
  fetchCandidate,
  findCandidates,
  type SignatureCandidate,
  type SignatureKind,
  type SignaturePlace,
} from './find-candidates.ts';
import type { Verification, VerifiedSignature } from './verification.ts';

/** Notary Project signature specification v1.1; before it, the type stood at the configuration. */
const notationKind: SignatureKind = {
  artifactType: notationArtifactType,
  exclusive: true,
  isSignature: ({ artifactType, config }) => (artifactType ?? config.mediaType) === notationArtifactType,
};

export interface VerifyOptions extends SignaturePlace {
  readonly repository: Repository;
  /** What was resolved, once; a signature counts only if it names exactly this. */
  readonly descriptor: Descriptor;
  readonly trust: Trust;
  readonly now: Date;
}

/**
 * Looks at every Notary Project signature of an artifact, as notation would find it, and tells which of them count by
 * the trust policy for its repository. Throws `signature.rejected` when there is no such policy, and what the registry
 * throws when it is down or refuses; signatures that do not count are results.
 */
export async function verifyImage(options: VerifyOptions): Promise<Verification> {
  const policy = requirePolicy(options);
  const { name, level } = policy;
  if (level === 'skip') return { policy: { name, level }, verified: [], rejected: [], unexamined: 0 };
  const candidates = await findCandidates(options, options.descriptor, notationKind);
  const examination = await examineCandidates(candidates, (candidate) =>
    verifySignature(options, { candidate, policy }),
  );
  return { policy: { name, level }, ...examination };
}

function requirePolicy({ repository, descriptor, trust }: VerifyOptions): TrustPolicy {
  const policy = policyFor(trust, repository);
  if (policy !== undefined) return policy;
  const reference = printReference({ repository, digest: descriptor.digest });
  throw new ImageBuilderError(
    'signature.rejected',
    `no trust policy applies to "${reference}"`,
    { reference, reasons: [] },
    { hint: `add its repository, or "*", to "registryScopes" of a policy in "${trust.path}"` },
  );
}

interface Question {
  readonly candidate: SignatureCandidate;
  readonly policy: TrustPolicy;
}

async function verifySignature(
  { now, descriptor, ...place }: VerifyOptions,
  { candidate, policy }: Question,
): Promise<VerifiedSignature | undefined> {
  const untrusted = await fetchCandidate(place, candidate, notationKind);
  if (untrusted === undefined) return undefined;
  const envelope = await openEnvelope(untrusted.bytes, untrusted.mediaType);
  const metadata = checkPayload(envelope, descriptor);
  const { timestamp, logged } = checkTrust({ envelope, policy, now });
  return { ...describe(envelope, candidate.descriptor.digest), metadata, logged, ...bounds(timestamp) };
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

function describe({ format, chain, signingTime, expiry }: SignedEnvelope, digest: Digest) {
  const leaf = chain[0] as X509Certificate;
  const signer = { signer: leaf.subject, thumbprint: thumbprintOf(leaf) };
  return { digest, format, ...signer, signingTime, ...(expiry === undefined ? {} : { expiry }) };
}

function bounds(timestamp: VerifiedSignature['timestamp']): Pick<VerifiedSignature, 'timestamp'> {
  if (timestamp === undefined) return {};
  const { earliest, latest } = timestamp;
  return { timestamp: { earliest, latest } };
}
