import { generateKeyPair, type KeyObject } from 'node:crypto';
import { promisify } from 'node:util';
import type { SubjectAttribute } from '../certificates/parse-subject.ts';
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  type Extension,
  KeyUsageFlags,
  KeyUsagesExtension,
  SubjectKeyIdentifierExtension,
  type X509Certificate,
  X509CertificateGenerator,
} from '../certificates/x509.ts';

/** What keys of development are made of; the kinds that Notary Project signatures allow. */
export const keyAlgorithms = ['P-256', 'P-384', 'P-521', 'RSA-2048', 'RSA-3072', 'RSA-4096'] as const;

export type KeyAlgorithm = (typeof keyAlgorithms)[number];

/** A certificate with its private key. */
export interface Identity {
  readonly certificate: X509Certificate;
  readonly privateKey: KeyObject;
}

export interface Validity {
  readonly from: Date;
  readonly until: Date;
}

interface CertificateOrder {
  readonly subject: readonly SubjectAttribute[];
  readonly validity: Validity;
}

export interface LeafOrder extends CertificateOrder {
  readonly issuer: Identity;
  readonly algorithm: KeyAlgorithm;
  /** Beside a critical keyUsage digitalSignature. */
  readonly extensions: readonly Extension[];
}

/** A self-signed authority with a P-256 key that may issue leaves and nothing else. */
export async function issueAuthority({ subject, validity }: CertificateOrder): Promise<Identity> {
  const keys = await createKeys('P-256');
  const extensions = [new BasicConstraintsExtension(true, 0, true), keyUsage('keyCertSign')];
  return issue({ subject, validity, keys, extensions, issuer: undefined });
}

/** A leaf with a new key, signed by `issuer`. */
export async function issueLeaf({ algorithm, extensions, ...order }: LeafOrder): Promise<Identity> {
  const keys = await createKeys(algorithm);
  return issue({ ...order, keys, extensions: [keyUsage('digitalSignature'), ...extensions] });
}

interface KeyPair {
  readonly publicKey: KeyObject;
  readonly privateKey: KeyObject;
}

function createKeys(algorithm: KeyAlgorithm): Promise<KeyPair> {
  const [kind, size] = algorithm.split('-');
  const generate = promisify(generateKeyPair);
  if (kind === 'RSA') return generate('rsa', { modulusLength: Number(size) });
  return generate('ec', { namedCurve: algorithm });
}

function keyUsage(usage: keyof typeof KeyUsageFlags): Extension {
  return new KeyUsagesExtension(KeyUsageFlags[usage], true);
}

interface Issue extends CertificateOrder {
  readonly keys: KeyPair;
  readonly issuer: Identity | undefined;
  readonly extensions: readonly Extension[];
}

/** Every authority here has a P-256 key, so that every signature is ECDSA with SHA-256. */
const ecdsa = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };

async function issue({ keys, issuer, subject, validity, extensions }: Issue): Promise<Identity> {
  const publicKey = spkiOf(keys.publicKey);
  const name = subject.map(({ type, value }) => ({ [type]: [value] }));
  const authority = issuer?.certificate;
  const certificate = await X509CertificateGenerator.create({
    subject: name,
    issuer: authority?.subjectName ?? name,
    notBefore: validity.from,
    notAfter: validity.until,
    publicKey,
    signingKey: (issuer ?? keys).privateKey.toCryptoKey(ecdsa, false, ['sign']),
    signingAlgorithm: ecdsa,
    extensions: [
      ...extensions,
      await SubjectKeyIdentifierExtension.create(publicKey),
      await AuthorityKeyIdentifierExtension.create(authority?.publicKey ?? publicKey),
    ],
  });
  return { certificate, privateKey: keys.privateKey };
}

function spkiOf(key: KeyObject): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(key.export({ type: 'spki', format: 'der' }));
}
