import { keySpecNames, keySpecOf } from '../keys/key-spec.ts';
import { publicKeyOf } from './parse-certificate.ts';
import {
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  type X509Certificate,
} from './x509.ts';

export type ChainPurpose = 'code signing' | 'timestamping';

interface AuthorityPlace {
  readonly purpose: ChainPurpose;
  /** How many other authorities stand between this one and the leaf. */
  readonly authoritiesBelow: number;
}

const forbiddenInLeaf = [
  'keyEncipherment',
  'dataEncipherment',
  'keyAgreement',
  'keyCertSign',
  'cRLSign',
  'encipherOnly',
  'decipherOnly',
] as const;

/** basicConstraints, keyUsage and extKeyUsage. */
const honouredExtensions = ['2.5.29.19', '2.5.29.15', '2.5.29.37'];

/** Purposes that a certificate for code signing must not have as well. */
const foreignPurposes: ReadonlyMap<unknown, string> = new Map([
  ['2.5.29.37.0', 'anyExtendedKeyUsage'],
  [ExtendedKeyUsage.serverAuth, 'serverAuth'],
  [ExtendedKeyUsage.clientAuth, 'clientAuth'],
  [ExtendedKeyUsage.emailProtection, 'emailProtection'],
  [ExtendedKeyUsage.timeStamping, 'timeStamping'],
  [ExtendedKeyUsage.ocspSigning, 'OCSPSigning'],
]);

const signatureHashes: readonly unknown[] = ['SHA-256', 'SHA-384', 'SHA-512'];

/** What is wrong with a leaf, for a sentence about it; undefined when nothing is. */
export function leafFault(certificate: X509Certificate, purpose: ChainPurpose): string | undefined {
  return (
    signatureFault(certificate) ??
    repetitionFault(certificate) ??
    (certificate.getExtension(BasicConstraintsExtension)?.ca
      ? 'is an authority (basicConstraints cA), expected a leaf'
      : undefined) ??
    keyUsagePresenceFault(certificate, purpose) ??
    leafKeyUsageFault(certificate) ??
    (purpose === 'timestamping' ? timestampingPurposeFault(certificate) : signingPurposeFault(certificate)) ??
    (keySpecOf(publicKeyOf(certificate))
      ? undefined
      : `has a key of an unsupported kind, expected one of ${keySpecNames}`)
  );
}

/** What is wrong with an intermediate or a root, for a sentence about it; undefined when nothing is. */
export function authorityFault(certificate: X509Certificate, place: AuthorityPlace): string | undefined {
  return (
    signatureFault(certificate) ??
    repetitionFault(certificate) ??
    basicConstraintsFault(certificate, place.authoritiesBelow) ??
    keyUsagePresenceFault(certificate, place.purpose) ??
    (hasUsage(certificate, 'keyCertSign') ? undefined : 'lacks the key usage keyCertSign')
  );
}

function signatureFault(certificate: X509Certificate): string | undefined {
  const { name, hash }: { name?: string; hash?: { readonly name: string } } = certificate.signatureAlgorithm;
  if (name === 'Ed25519' || signatureHashes.includes(hash?.name)) return undefined;
  return `is signed with ${hash?.name ?? 'an unknown hash'}, expected SHA-256 or better`;
}

/** RFC 5280, 4.2: no extension twice. Only these three are looked at, as the specification demands. */
function repetitionFault(certificate: X509Certificate): string | undefined {
  const repeated = honouredExtensions.some((type) => certificate.getExtensions(type).length > 1);
  return repeated ? 'has an extension twice' : undefined;
}

function basicConstraintsFault(certificate: X509Certificate, authoritiesBelow: number): string | undefined {
  const constraints = certificate.getExtension(BasicConstraintsExtension);
  if (!constraints?.ca) return 'is not an authority (basicConstraints cA)';
  if (!constraints.critical) return 'has basicConstraints that are not critical';
  const { pathLength = authoritiesBelow } = constraints;
  if (pathLength >= authoritiesBelow) return undefined;
  return `allows ${pathLength} authorities below it, got ${authoritiesBelow}`;
}

function keyUsagePresenceFault(certificate: X509Certificate, purpose: ChainPurpose): string | undefined {
  const extension = certificate.getExtension(KeyUsagesExtension);
  if (!extension) return 'has no keyUsage';
  if (purpose === 'code signing' && !extension.critical) return 'has a keyUsage that is not critical';
  return undefined;
}

function leafKeyUsageFault(certificate: X509Certificate): string | undefined {
  if (!hasUsage(certificate, 'digitalSignature')) return 'lacks the key usage digitalSignature';
  const forbidden = forbiddenInLeaf.find((usage) => hasUsage(certificate, usage));
  return forbidden && `has the key usage ${forbidden}`;
}

function hasUsage(certificate: X509Certificate, usage: keyof typeof KeyUsageFlags): boolean {
  const usages = certificate.getExtension(KeyUsagesExtension)?.usages ?? 0;
  return (usages & KeyUsageFlags[usage]) !== 0;
}

function signingPurposeFault(certificate: X509Certificate): string | undefined {
  const usages = certificate.getExtension(ExtendedKeyUsageExtension)?.usages ?? [];
  const foreign = usages.find((usage) => foreignPurposes.has(usage));
  return foreign && `has the extended key usage ${foreignPurposes.get(foreign)}`;
}

/** RFC 3161, 2.3. */
function timestampingPurposeFault(certificate: X509Certificate): string | undefined {
  const extension = certificate.getExtension(ExtendedKeyUsageExtension);
  if (!extension?.critical) return 'lacks a critical extKeyUsage';
  const [usage, ...others] = extension.usages;
  if (usage === ExtendedKeyUsage.timeStamping && others.length === 0) return undefined;
  return 'has other extended key usages than timeStamping alone';
}
