import 'reflect-metadata';
import { generateKeyPair, generateKeyPairSync, type KeyObject, randomBytes } from 'node:crypto';
import { promisify } from 'node:util';
import {
  BasicConstraintsExtension,
  ExtendedKeyUsageExtension,
  Extension,
  KeyUsageFlags,
  KeyUsagesExtension,
  type X509Certificate,
  X509CertificateGenerator,
} from '@peculiar/x509';

export { Extension };

/** A certificate with its private key. */
export interface Identity {
  readonly certificate: X509Certificate;
  readonly privateKey: KeyObject;
}

export type KeyUsage = keyof typeof KeyUsageFlags;

export interface CertificateOrder {
  readonly subject?: string | readonly Record<string, string[]>[];
  /** Absent: the certificate signs itself. */
  readonly issuer?: Identity | undefined;
  /** Absent: a new P-256 key. */
  readonly keys?: KeyPair | undefined;
  readonly role?: 'leaf' | 'authority' | 'timestamping';
  /** Instead of what the role has; null leaves the extension out. */
  readonly basicConstraints?: Extension | null;
  readonly keyUsage?: Extension | null;
  readonly extendedKeyUsage?: Extension | null;
  readonly more?: readonly Extension[];
  readonly notBefore?: Date;
  readonly notAfter?: Date;
  readonly hash?: 'SHA-1' | 'SHA-256' | 'SHA-384' | 'SHA-512';
}

export interface KeyPair {
  readonly publicKey: KeyObject;
  readonly privateKey: KeyObject;
}

const day = 24 * 3600 * 1000;

/** The time that everything here was issued for; real tools need it near their own clock. */
export const issuedAt = new Date(Math.floor(Date.now() / 1000) * 1000);

/** The chain of an identity, as envelopes want it. */
export interface Chain {
  readonly leaf: Identity;
  readonly intermediate: Identity;
  readonly root: Identity;
  /** Leaf first. */
  readonly certificates: readonly X509Certificate[];
}

export function ecKeys(namedCurve: 'P-224' | 'P-256' | 'P-384' | 'P-521' | 'secp256k1' = 'P-256'): KeyPair {
  return generateKeyPairSync('ec', { namedCurve });
}

export function rsaKeys(modulusLength: number): Promise<KeyPair> {
  return promisify(generateKeyPair)('rsa', { modulusLength });
}

/** Issues a certificate, right for its role unless the order says otherwise. */
export async function issue(order: CertificateOrder): Promise<Identity> {
  const { keys = ecKeys(), subject = 'C=DE, ST=BW, O=Test, CN=Leaf', hash = 'SHA-256' } = order;
  const issuer = order.issuer;
  const name = typeof subject === 'string' ? subject : [...subject];
  const signer = issuer?.privateKey ?? keys.privateKey;
  const rsa = signer.asymmetricKeyType === 'rsa';
  const algorithm = rsa
    ? { name: 'RSASSA-PKCS1-v1_5', hash }
    : { name: 'ECDSA', namedCurve: webCurve(signer), hash };
  const certificate = await X509CertificateGenerator.create({
    serialNumber: `01${randomBytes(8).toString('hex')}`,
    subject: name,
    issuer: issuer?.certificate.subjectName ?? name,
    notBefore: order.notBefore ?? new Date(issuedAt.getTime() - day),
    notAfter: order.notAfter ?? new Date(issuedAt.getTime() + 365 * day),
    publicKey: Uint8Array.from(keys.publicKey.export({ type: 'spki', format: 'der' })),
    signingKey: signer.toCryptoKey(algorithm, true, ['sign']),
    signingAlgorithm: algorithm,
    extensions: extensionsOf(order),
  });
  return { certificate, privateKey: keys.privateKey };
}

/** Root, intermediate and leaf; `leaf` changes the order of the last. */
export async function issueChain(leaf: CertificateOrder = {}): Promise<Chain> {
  const root = await issue({ role: 'authority', subject: 'C=DE, O=Test, CN=Root' });
  const intermediate = await issue({
    role: 'authority',
    subject: 'C=DE, O=Test, CN=Intermediate',
    issuer: root,
  });
  return chainUnder({ root, intermediate }, leaf);
}

/** A leaf under authorities that are there. */
export async function chainUnder(
  { root, intermediate }: Pick<Chain, 'root' | 'intermediate'>,
  leaf: CertificateOrder,
): Promise<Chain> {
  const issued = await issue({ ...leaf, issuer: intermediate });
  return {
    leaf: issued,
    intermediate,
    root,
    certificates: [issued, intermediate, root].map(({ certificate }) => certificate),
  };
}

export function keyUsage(usages: readonly KeyUsage[], critical = true): KeyUsagesExtension {
  return new KeyUsagesExtension(
    usages.reduce((flags, usage) => flags | KeyUsageFlags[usage], 0),
    critical,
  );
}

export function extendedKeyUsage(usages: readonly string[], critical = false): ExtendedKeyUsageExtension {
  return new ExtendedKeyUsageExtension([...usages], critical);
}

export function basicConstraints(
  ca: boolean,
  options: { readonly pathLength?: number; readonly critical?: boolean } = {},
): BasicConstraintsExtension {
  return new BasicConstraintsExtension(ca, options.pathLength, options.critical ?? true);
}

/** Object identifiers of extended key usages, by the names of RFC 5280. */
export const purposes = {
  any: '2.5.29.37.0',
  serverAuth: '1.3.6.1.5.5.7.3.1',
  clientAuth: '1.3.6.1.5.5.7.3.2',
  codeSigning: '1.3.6.1.5.5.7.3.3',
  emailProtection: '1.3.6.1.5.5.7.3.4',
  timeStamping: '1.3.6.1.5.5.7.3.8',
  ocspSigning: '1.3.6.1.5.5.7.3.9',
} as const;

function extensionsOf(order: CertificateOrder): Extension[] {
  const { role = 'leaf' } = order;
  const usual = {
    leaf: [null, keyUsage(['digitalSignature']), extendedKeyUsage([purposes.codeSigning])],
    authority: [basicConstraints(true), keyUsage(['keyCertSign', 'cRLSign']), null],
    timestamping: [null, keyUsage(['digitalSignature']), extendedKeyUsage([purposes.timeStamping], true)],
  }[role];
  const ordered = [order.basicConstraints, order.keyUsage, order.extendedKeyUsage];
  const chosen = usual.map((extension, at) => (ordered[at] === undefined ? extension : ordered[at]));
  return [...chosen.filter((extension) => extension !== null), ...(order.more ?? [])] as Extension[];
}

function webCurve(key: KeyObject): string {
  const names: Record<string, string> = { prime256v1: 'P-256', secp384r1: 'P-384', secp521r1: 'P-521' };
  return names[key.asymmetricKeyDetails?.namedCurve ?? ''] ?? '';
}
