import { verify } from 'node:crypto';
import type { Attribute, SignerInfo } from '@peculiar/asn1-cms';
import { AsnConvert, OctetString } from '@peculiar/asn1-schema';
import { Certificate } from '@peculiar/asn1-x509';
import type { X509Certificate } from '@peculiar/x509';
import { publicKeyOf } from '../certificates/parse-certificate.ts';
import type { HashName } from '../keys/key-spec.ts';
import { hashOfIdentifier, isDigestOf, isSignatureAlgorithm } from './digest-algorithms.ts';
import { parsed, type UntrustedToken } from './parse-token.ts';
import { timestampFault } from './timestamp-fault.ts';
import { AttributeSet, attributeTypes, SigningCertificateV2 } from './token-schema.ts';

/** DER of the object identifier of TSTInfo, as the attribute for the content type must hold it. */
const timestampInfoIdentifier = Buffer.from('060b2a864886f70d0109100104', 'hex');

/**
 * Checks that the token's content was signed by one of its certificates, as RFC 5652, 5.4 and 5.6 and RFC 5816 have
 * it, and returns that certificate; nobody trusts it yet. Throws SignatureRejected with `timestamp.wrong`.
 */
export function verifySigner({ content, signer, certificates }: UntrustedToken): X509Certificate {
  const hash = hashOfIdentifier(signer.digestAlgorithm.algorithm);
  if (!hash) throw timestampFault('is signed with an unsupported hash');
  if (!Buffer.from(attribute(signer, 'contentType')).equals(timestampInfoIdentifier))
    throw timestampFault('signs another type of content than it holds');
  const { buffer: digest } = parsed(attribute(signer, 'messageDigest'), OctetString);
  if (!isDigestOf(digest, hash, content)) throw timestampFault('signs another content than it holds');
  const certificate = signingCertificate(signer, certificates);
  verifyAttributes(signer, certificate, hash);
  return certificate;
}

/** The one value of a signed attribute. */
function attribute(signer: SignerInfo, name: keyof typeof attributeTypes): ArrayBuffer {
  const found = (signer.signedAttrs ?? []).filter(({ attrType }) => attrType === attributeTypes[name]);
  const [value, ...others] = found.flatMap(({ attrValues }) => attrValues);
  if (!value || others.length > 0) throw timestampFault(`has not exactly one signed attribute ${name}`);
  return value;
}

/** Takes the certificate whose hash is signed, and only if the unsigned identifier names the same one. */
function signingCertificate(signer: SignerInfo, certificates: readonly X509Certificate[]): X509Certificate {
  const [id] = parsed(attribute(signer, 'signingCertificateV2'), SigningCertificateV2).certs;
  const hash = id?.hashAlgorithm ? hashOfIdentifier(id.hashAlgorithm.algorithm) : 'sha256';
  if (!id || !hash) throw timestampFault('names its certificate by an unsupported hash');
  const certificate = certificates.find(({ rawData }) =>
    isDigestOf(id.certHash.buffer, hash, new Uint8Array(rawData)),
  );
  if (!certificate) throw timestampFault('does not hold the certificate that it names');
  if (!isNamedBy(signer, certificate)) throw timestampFault('names two certificates as its signer');
  return certificate;
}

function isNamedBy({ sid }: SignerInfo, { rawData }: X509Certificate): boolean {
  if (!sid.issuerAndSerialNumber) return false;
  const { issuer, serialNumber } = parsed(rawData, Certificate).tbsCertificate;
  return (
    Buffer.from(AsnConvert.serialize(issuer)).equals(
      Buffer.from(AsnConvert.serialize(sid.issuerAndSerialNumber.issuer)),
    ) && Buffer.from(serialNumber).equals(Buffer.from(sid.issuerAndSerialNumber.serialNumber))
  );
}

/** The signature covers the attributes as a SET in DER, in whatever order and under which tag the token holds them. */
function verifyAttributes(signer: SignerInfo, certificate: X509Certificate, hash: HashName): void {
  const key = publicKeyOf(certificate);
  const { algorithm } = signer.signatureAlgorithm;
  if (!isSignatureAlgorithm(algorithm, { key: key.asymmetricKeyType, hash }))
    throw timestampFault('is signed with an unsupported algorithm');
  const encoded = (one: Attribute) => Buffer.from(AsnConvert.serialize(one));
  const sorted = signer.signedAttrs?.toSorted((one, other) => Buffer.compare(encoded(one), encoded(other)));
  const signed = Buffer.from(AsnConvert.serialize(new AttributeSet(sorted)));
  if (!verify(hash, signed, key, Buffer.from(signer.signature.buffer)))
    throw timestampFault('carries a wrong signature');
}
