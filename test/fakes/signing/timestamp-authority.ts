import { createHash, sign } from 'node:crypto';
import {
  Attribute,
  CertificateChoices,
  CertificateSet,
  CMSVersion,
  ContentInfo,
  DigestAlgorithmIdentifier,
  DigestAlgorithmIdentifiers,
  EncapsulatedContent,
  EncapsulatedContentInfo,
  IssuerAndSerialNumber,
  SignatureAlgorithmIdentifier,
  SignedData,
  SignerIdentifier,
  SignerInfo,
  SignerInfos,
} from '@peculiar/asn1-cms';
import { AsnConvert, OctetString } from '@peculiar/asn1-schema';
import {
  type Accuracy,
  MessageImprint,
  PKIStatus,
  PKIStatusInfo,
  TimeStampReq,
  TimeStampResp,
  TimeStampToken,
  TSTInfo,
} from '@peculiar/asn1-tsp';
import { AlgorithmIdentifier, Certificate, Extension, Extensions } from '@peculiar/asn1-x509';
import type { X509Certificate } from '@peculiar/x509';
import { type CertificateOrder, type Identity, issue, issuedAt } from './certificates.ts';

export interface TimestampAuthority {
  readonly leaf: Identity;
  readonly root: Identity;
}

/** Each is what an honest authority would not do; absent, it does what it should. */
export interface StampEdits {
  readonly genTime?: Date;
  readonly accuracy?: Accuracy;
  readonly policy?: string;
  readonly nonce?: ArrayBuffer;
  readonly imprint?: MessageImprint;
  readonly info?: (info: TSTInfo) => TSTInfo;
  readonly hash?: 'sha1' | 'sha256' | 'sha512';
  readonly certificates?: readonly X509Certificate[];
  readonly attributes?: (attributes: Attribute[]) => Attribute[];
  readonly signer?: (signer: SignerInfo) => void;
  readonly signedData?: (data: SignedData) => void;
  readonly contentInfo?: (info: ContentInfo) => void;
}

const hashes = {
  sha1: '1.3.14.3.2.26',
  sha256: '2.16.840.1.101.3.4.2.1',
  sha512: '2.16.840.1.101.3.4.2.3',
} as const;
const ecdsa = {
  sha1: '1.2.840.10045.4.1',
  sha256: '1.2.840.10045.4.3.2',
  sha512: '1.2.840.10045.4.3.4',
} as const;
const signedDataType = '1.2.840.113549.1.7.2';
const infoType = '1.2.840.113549.1.9.16.1.4';

export async function openTimestampAuthority(leaf: CertificateOrder = {}): Promise<TimestampAuthority> {
  const root = await issue({ role: 'authority', subject: 'C=DE, O=Test, CN=TSA Root' });
  return {
    root,
    leaf: await issue({ role: 'timestamping', subject: 'C=DE, O=Test, CN=TSA', issuer: root, ...leaf }),
  };
}

/** Stamps a signature with a P-256 key: a token of RFC 3161, right without edits. */
export function stamp(
  authority: TimestampAuthority,
  signature: Uint8Array,
  edits: StampEdits = {},
): Uint8Array {
  const { hash = 'sha256', certificates = [authority.leaf.certificate, authority.root.certificate] } = edits;
  const info = new TSTInfo({
    policy: edits.policy ?? '1.2.3.4.1',
    messageImprint: edits.imprint ?? imprintOf(signature),
    serialNumber: Uint8Array.of(1).buffer,
    genTime: edits.genTime ?? issuedAt,
    ...(edits.accuracy ? { accuracy: edits.accuracy } : {}),
    ...(edits.nonce ? { nonce: edits.nonce } : {}),
  });
  const content = new Uint8Array(AsnConvert.serialize(edits.info?.(info) ?? info));
  const attributes = honestAttributes(content, authority.leaf.certificate, hash);
  const signer = signerInfo(authority.leaf, edits.attributes?.(attributes) ?? attributes, hash);
  edits.signer?.(signer);
  const data = new SignedData({
    version: CMSVersion.v3,
    digestAlgorithms: new DigestAlgorithmIdentifiers([
      new DigestAlgorithmIdentifier({ algorithm: hashes[hash] }),
    ]),
    encapContentInfo: new EncapsulatedContentInfo({
      eContentType: infoType,
      eContent: new EncapsulatedContent({ single: new OctetString(content) }),
    }),
    certificates: new CertificateSet(
      certificates.map(
        ({ rawData }) => new CertificateChoices({ certificate: AsnConvert.parse(rawData, Certificate) }),
      ),
    ),
    signerInfos: new SignerInfos([signer]),
  });
  edits.signedData?.(data);
  const token = new ContentInfo({ contentType: signedDataType, content: AsnConvert.serialize(data) });
  edits.contentInfo?.(token);
  return new Uint8Array(AsnConvert.serialize(token));
}

/** Answers a request as an authority does over HTTP. */
export function answer(
  authority: TimestampAuthority,
  request: Uint8Array,
  edits: StampEdits = {},
): Uint8Array {
  const { messageImprint, nonce } = AsnConvert.parse(request, TimeStampReq);
  const token = stamp(authority, new Uint8Array(), {
    imprint: messageImprint,
    ...(nonce ? { nonce } : {}),
    ...edits,
  });
  return reply(PKIStatus.granted, token);
}

export function reply(status: PKIStatus, token?: Uint8Array): Uint8Array {
  const response = new TimeStampResp({
    status: new PKIStatusInfo({ status }),
    ...(token ? { timeStampToken: AsnConvert.parse(token, TimeStampToken) } : {}),
  });
  return new Uint8Array(AsnConvert.serialize(response));
}

export function imprintOf(
  signature: Uint8Array,
  hash: 'sha1' | 'sha256' | 'sha512' = 'sha256',
): MessageImprint {
  return new MessageImprint({
    hashAlgorithm: new AlgorithmIdentifier({ algorithm: hashes[hash], parameters: null }),
    hashedMessage: new OctetString(createHash(hash).update(signature).digest()),
  });
}

/** A signed attribute with one value. */
export function attribute(type: keyof typeof attributeTypes, value: Uint8Array): Attribute {
  return new Attribute({ attrType: attributeTypes[type], attrValues: [Uint8Array.from(value).buffer] });
}

export function criticalExtension(): Extensions {
  return new Extensions([
    new Extension({ extnID: '1.2.3.4', critical: true, extnValue: new OctetString(1) }),
  ]);
}

export const attributeTypes = {
  contentType: '1.2.840.113549.1.9.3',
  messageDigest: '1.2.840.113549.1.9.4',
  signingCertificate: '1.2.840.113549.1.9.16.2.12',
  signingCertificateV2: '1.2.840.113549.1.9.16.2.47',
} as const;

/** SigningCertificate with the SHA-1 that it had before RFC 5816, or its successor with SHA-256. */
export function certificateAttribute(certificate: X509Certificate, version: 1 | 2): Attribute {
  const digest = createHash(version === 1 ? 'sha1' : 'sha256')
    .update(new Uint8Array(certificate.rawData))
    .digest();
  const value = der(0x30, der(0x30, der(0x30, der(0x04, digest))));
  return attribute(version === 1 ? 'signingCertificate' : 'signingCertificateV2', value);
}

function honestAttributes(
  content: Uint8Array,
  certificate: X509Certificate,
  hash: keyof typeof hashes,
): Attribute[] {
  const digest = createHash(hash).update(content).digest();
  return [
    attribute('contentType', Buffer.from('060b2a864886f70d0109100104', 'hex')),
    attribute('messageDigest', der(0x04, digest)),
    certificateAttribute(certificate, 2),
  ];
}

function signerInfo(
  { certificate, privateKey }: Identity,
  attributes: Attribute[],
  hash: keyof typeof hashes,
) {
  const { issuer, serialNumber } = AsnConvert.parse(certificate.rawData, Certificate).tbsCertificate;
  const encoded = attributes.map((one) => Buffer.from(AsnConvert.serialize(one)));
  const set = Buffer.concat(encoded.sort(Buffer.compare));
  return new SignerInfo({
    version: CMSVersion.v1,
    sid: new SignerIdentifier({ issuerAndSerialNumber: new IssuerAndSerialNumber({ issuer, serialNumber }) }),
    digestAlgorithm: new DigestAlgorithmIdentifier({ algorithm: hashes[hash] }),
    signedAttrs: attributes,
    signatureAlgorithm: new SignatureAlgorithmIdentifier({ algorithm: ecdsa[hash] }),
    signature: new OctetString(sign(hash, der(0x31, set), privateKey)),
  });
}

/** A DER value of less than 64 KiB. */
function der(tag: number, content: Uint8Array): Uint8Array {
  const { length } = content;
  const header =
    length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.of(tag, ...header), content]);
}
