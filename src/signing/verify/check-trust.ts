import type { AuthorityInfoAccessExtension, X509Certificate } from '@peculiar/x509';
import { reasonOf, rfc3339 } from '../../core/index.ts';
import { subjectOf } from '../certificates/subject.ts';
import { validityFault } from '../certificates/validity.ts';
import { SignatureRejected, type SignedEnvelope, type SigningScheme } from '../signed-envelope.ts';
import { type Timestamp, verifyTimestamp } from '../timestamp/verify-timestamp.ts';
import { comparableSubject, isPartOf } from '../trust/distinguished-name.ts';
import type { TrustPolicy } from '../trust/load-trust.ts';
import type { StoreType } from '../trust/read-policies.ts';
import type { Check } from '../trust/verification-level.ts';
import type { Rejection } from './verification.ts';

export interface TrustQuestion {
  readonly envelope: SignedEnvelope;
  readonly policy: TrustPolicy;
  readonly now: Date;
}

export interface TrustAnswer {
  /** Verified; absent when the policy did not ask for it. */
  readonly timestamp: Timestamp | undefined;
  /** Faults that the policy does not enforce. */
  readonly logged: readonly Rejection[];
}

/**
 * Decides whether a trust policy accepts an opened envelope: authority, identity, expiry, time, revocation. Throws
 * SignatureRejected with the first fault that the policy enforces.
 */
export function checkTrust({ envelope, policy, now }: TrustQuestion): TrustAnswer {
  const logged: Rejection[] = [];
  const check = <T>(name: Check, run: () => T): T | undefined => {
    const action = policy.actions[name];
    if (action === 'skip') return undefined;
    try {
      return run();
    } catch (error) {
      if (action === 'enforce' || !(error instanceof SignatureRejected)) throw error;
      logged.push({ reason: error.reason, message: error.message });
      return undefined;
    }
  };
  check('authenticity', () => checkAuthority(envelope, policy));
  check('authenticity', () => checkIdentity(envelope, policy));
  check('expiry', () => checkExpiry(envelope, now));
  const timestamp = check('authenticTimestamp', () => checkTime({ envelope, policy, now }));
  check('revocation', () => checkRevocation(envelope.chain));
  if (timestamp !== undefined) check('revocation', () => checkRevocation(timestamp.chain));
  return { timestamp, logged };
}

const storeOf: Readonly<Record<SigningScheme, StoreType>> = {
  'notary.x509': 'ca',
  'notary.x509.signingAuthority': 'signingAuthority',
};

type Signer = Pick<SignedEnvelope, 'chain' | 'scheme'>;

/** Whether a policy takes signatures of this chain at all. Throws SignatureRejected. */
export function checkSigner(signer: Signer, policy: TrustPolicy): void {
  if (policy.actions.authenticity !== 'enforce') return;
  checkAuthority(signer, policy);
  checkIdentity(signer, policy);
}

function checkAuthority({ chain, scheme }: Signer, { stores }: TrustPolicy): void {
  const type = storeOf[scheme];
  const trusted = stores[type].map(({ rawData }) => Buffer.from(rawData));
  if (chain.some(({ rawData }) => trusted.some((raw) => raw.equals(Buffer.from(rawData))))) return;
  const root = chain.at(-1) as X509Certificate;
  throw new SignatureRejected(
    'certificate.untrusted',
    `certificate ${subjectOf(root)} is in no trust store of type "${type}" of the policy`,
  );
}

function checkIdentity({ chain }: Signer, { identities }: TrustPolicy): void {
  if (identities === 'any') return;
  const leaf = chain[0] as X509Certificate;
  const reject = (fault: string, cause?: unknown) =>
    new SignatureRejected('certificate.identity', `subject ${subjectOf(leaf)} ${fault}`, { cause });
  try {
    const subject = comparableSubject(leaf);
    if (identities.some((identity) => isPartOf(identity, subject))) return;
  } catch (error) {
    throw reject(reasonOf(error), error);
  }
  throw reject('is none of the trusted identities');
}

function checkExpiry({ expiry }: SignedEnvelope, now: Date): void {
  if (expiry !== undefined && now >= expiry)
    throw new SignatureRejected('signature.expired', `the signature expired at ${rfc3339(expiry)}`);
}

/** The certificates must be valid when the signature was made, if a trusted clock tells, and now if none does. */
function checkTime({ envelope, policy, now }: TrustQuestion): Timestamp | undefined {
  const { chain, scheme, signingTime } = envelope;
  if (scheme === 'notary.x509.signingAuthority') {
    checkValid(chain, signingTime);
    return undefined;
  }
  if (!needsTimestamp({ envelope, policy, now })) {
    checkValid(chain, now);
    return undefined;
  }
  const { timestampToken: token, signature } = envelope;
  if (token === undefined)
    throw new SignatureRejected(
      'timestamp.missing',
      'the policy asks for a timestamp, the signature has none',
    );
  const timestamp = verifyTimestamp({ token, signature, roots: policy.stores.tsa });
  checkValid(chain, timestamp.earliest);
  checkValid(chain, timestamp.latest);
  return timestamp;
}

function needsTimestamp({ envelope, policy, now }: TrustQuestion): boolean {
  if (policy.stores.tsa.length === 0) return false;
  return policy.verifyTimestamp === 'always' || envelope.chain.some(({ notAfter }) => now > notAfter);
}

function checkValid(chain: readonly X509Certificate[], time: Date): void {
  const fault = validityFault(chain, time);
  if (fault !== undefined)
    throw new SignatureRejected('certificate.expired', `${fault}, the time that counts is ${rfc3339(time)}`);
}

const revocationListPoints = '2.5.29.31';
const authorityAccess = '1.3.6.1.5.5.7.1.1';

/** Nobody is asked: a certificate that names a service for it is of unknown status. Roots are not revoked. */
function checkRevocation(chain: readonly X509Certificate[]): void {
  const revocable = chain.slice(0, -1).find(namesRevocationService);
  if (revocable === undefined) return;
  throw new SignatureRejected(
    'certificate.revocation-unknown',
    `certificate ${subjectOf(revocable)} names a revocation service, and this version asks none (set "revocation" to "log" or "skip" in the policy to go without)`,
  );
}

function namesRevocationService(certificate: X509Certificate): boolean {
  const access = certificate.getExtension<AuthorityInfoAccessExtension>(authorityAccess);
  return certificate.getExtension(revocationListPoints) !== null || (access?.ocsp.length ?? 0) > 0;
}
