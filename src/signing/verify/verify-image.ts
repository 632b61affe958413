import type { X509Certificate } from '@peculiar/x509';
import { ImageBuilderError } from '../../core/index.ts';
import { type Descriptor, type Digest, printReference, type Repository } from '../../oci/index.ts';
import { thumbprintOf } from '../certificates/thumbprint.ts';
import type { SignedEnvelope } from '../signed-envelope.ts';
import { policyFor, type Trust, type TrustPolicy } from '../trust/load-trust.ts';
import { checkTrust } from './check-trust.ts';
import { examineCandidates } from './examine-candidates.ts';
import { findCandidates, type SignatureCandidate, type SignaturePlace } from './find-candidates.ts';
import { notationKind, openSignature } from './open-signature.ts';
import type { Verification, VerifiedSignature } from './verification.ts';

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
  const opened = await openSignature(place, candidate, descriptor);
  if (opened === undefined) return undefined;
  const { envelope, metadata } = opened;
  const { timestamp, logged } = checkTrust({ envelope, policy, now });
  const { certain: listed, descriptor: manifest } = candidate;
  return { listed, ...describe(envelope, manifest.digest), metadata, logged, ...bounds(timestamp) };
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
