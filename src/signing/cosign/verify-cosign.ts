import type { Descriptor, Digest } from '../../oci/index.ts';
import { SignatureRejected } from '../signed-envelope.ts';
import { examineCandidates } from '../verify/examine-candidates.ts';
import {
  fetchCandidate,
  findCandidates,
  type SignatureCandidate,
  type SignatureKind,
  type SignaturePlace,
} from '../verify/find-candidates.ts';
import type { Examination } from '../verify/verification.ts';
import { bundleType, predicateAnnotation, signaturePredicate } from './bundle-format.ts';
import type { CosignPublicKey } from './cosign-public-key.ts';
import { openBundle } from './open-bundle.ts';
import { subjectWith } from './read-statement.ts';

export interface VerifyCosignOptions extends SignaturePlace {
  /** What was resolved, once; a signature counts only if it names exactly this. */
  readonly descriptor: Descriptor;
  /** Any of them is enough. */
  readonly keys: readonly CosignPublicKey[];
}

/** A cosign signature that counts: which key signed this artifact. */
export interface VerifiedBundle {
  /** Of its manifest. */
  readonly digest: Digest;
  /** SHA-256 of the DER of the public key, in lower-case hexadecimal. */
  readonly key: string;
  readonly keyPath: string;
  /** What the signer wrote beside the artifact's digest. */
  readonly metadata: Readonly<Record<string, string>>;
}

/** What a verifier found. Nothing in `verified` means: do not trust. */
export type BundleVerification = Examination<VerifiedBundle>;

/** Provenance and bills of materials share the artifact type; mostly the manifest says so, which spares a download. */
const cosignKind: SignatureKind = {
  artifactType: bundleType,
  exclusive: false,
  isSignature: ({ artifactType, annotations }) =>
    artifactType === bundleType &&
    (annotations?.[predicateAnnotation] ?? signaturePredicate) === signaturePredicate,
};

/**
 * Looks at every Sigstore bundle of an artifact, as cosign would find it, and tells which of them were signed by one of
 * the keys. Throws what the registry throws when it is down or refuses; signatures that do not count are results.
 */
export async function verifyCosign(options: VerifyCosignOptions): Promise<BundleVerification> {
  const candidates = await findCandidates(options, options.descriptor, cosignKind);
  return examineCandidates(candidates, (candidate) => verifyBundle(options, candidate));
}

async function verifyBundle(
  { descriptor, keys, ...place }: VerifyCosignOptions,
  candidate: SignatureCandidate,
): Promise<VerifiedBundle | undefined> {
  const untrusted = await fetchCandidate(place, candidate, cosignKind);
  const bundle = untrusted && openBundle(untrusted, keys);
  if (bundle === undefined) return undefined;
  const { key, subjects } = bundle;
  const subject = subjectWith(subjects, descriptor.digest);
  if (subject === undefined)
    throw new SignatureRejected(
      'payload.mismatch',
      `the signature is for another artifact, expected ${descriptor.digest}`,
    );
  const { digest } = candidate.descriptor;
  return { digest, key: key.fingerprint, keyPath: key.path, metadata: subject.metadata };
}
