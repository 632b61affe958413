import { CMSVersion, SignerIdentifier } from '@peculiar/asn1-cms';
import { OctetString } from '@peculiar/asn1-schema';
import { SubjectKeyIdentifier } from '@peculiar/asn1-x509';
import {
  type CertificateOrder,
  extendedKeyUsage,
  issue,
  issuedAt,
  keyUsage,
  purposes,
} from './certificates.ts';
import {
  attribute,
  attributeTypes,
  certificateAttribute,
  criticalExtension,
  imprintOf,
  openTimestampAuthority,
  type StampEdits,
  stamp,
  type TimestampAuthority,
} from './timestamp-authority.ts';

/** A timestamp that proves nothing about a signature. */
export interface TimestampForgery {
  readonly title: string;
  /** What our message must say. */
  readonly says: RegExp;
  /** Why notation accepts it all the same; absent: it does not. */
  readonly differs?: string;
  make(authority: TimestampAuthority, signature: Uint8Array): Promise<Uint8Array> | Uint8Array;
}

type Row = Pick<TimestampForgery, 'title' | 'says' | 'differs'>;

const edited = (
  row: Row,
  edits: StampEdits | ((authority: TimestampAuthority) => StampEdits),
): TimestampForgery => ({
  ...row,
  make: (authority, signature) =>
    stamp(authority, signature, typeof edits === 'function' ? edits(authority) : edits),
});

/** Stamped by another leaf under the root that is trusted. */
const byLeaf = (row: Row, leaf: CertificateOrder, edits: StampEdits = {}): TimestampForgery => ({
  ...row,
  make: async ({ root }, signature) => {
    const subject = 'C=DE, O=Test, CN=TSA';
    return stamp(
      { root, leaf: await issue({ role: 'timestamping', subject, issuer: root, ...leaf }) },
      signature,
      edits,
    );
  },
});

const without =
  (type: keyof typeof attributeTypes): Required<StampEdits>['attributes'] =>
  (all) =>
    all.filter(({ attrType }) => attrType !== attributeTypes[type]);

export const timestampForgeries: readonly TimestampForgery[] = [
  edited(
    { title: 'over another signature', says: /another signature/ },
    { imprint: imprintOf(new Uint8Array(64)) },
  ),
  {
    title: 'over the same signature with a weak hash',
    says: /unsupported hash/,
    make: (authority, signature) => stamp(authority, signature, { imprint: imprintOf(signature, 'sha1') }),
  },
  edited({ title: 'that is signed with SHA-1', says: /unsupported hash/ }, { hash: 'sha1' }),
  edited(
    { title: 'whose content was exchanged', says: /another content/ },
    {
      signedData: (data) => {
        const content = data.encapContentInfo.eContent?.single?.buffer;
        if (content) new Uint8Array(content).fill(0, 40, 50); // In the middle of the imprint.
      },
    },
  ),
  edited(
    { title: 'with a wrong signature', says: /wrong signature/ },
    {
      signer: (signer) => {
        const bytes = Uint8Array.from(new Uint8Array(signer.signature.buffer));
        bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
        signer.signature = new OctetString(bytes);
      },
    },
  ),
  edited(
    { title: 'with an attribute changed after signing', says: /wrong signature/ },
    {
      signer: (signer) => {
        signer.signedAttrs?.push(attribute('signingCertificate', Buffer.from('0500', 'hex')));
      },
    },
  ),
  edited(
    { title: 'without signed attributes', says: /contentType/ },
    {
      signer: (signer) => {
        delete signer.signedAttrs;
      },
    },
  ),
  edited(
    { title: 'without a signed content type', says: /contentType/ },
    { attributes: without('contentType') },
  ),
  edited(
    { title: 'that signs another type of content', says: /another type/ },
    {
      attributes: (all) => [
        attribute('contentType', Buffer.from('06092a864886f70d010701', 'hex')),
        ...without('contentType')(all),
      ],
    },
  ),
  edited(
    { title: 'without a signed digest', says: /messageDigest/ },
    { attributes: without('messageDigest') },
  ),
  edited(
    {
      title: 'with two signed digests',
      says: /messageDigest/,
      differs: 'notation takes the first of two attributes of one type; RFC 5652 forbids the second',
    },
    { attributes: (all) => [...all, ...all.slice(1, 2)] },
  ),
  edited(
    { title: 'that does not sign its certificate', says: /signingCertificateV2/ },
    {
      attributes: without('signingCertificateV2'),
    },
  ),
  edited(
    { title: 'that signs its certificate in the old way with SHA-1', says: /signingCertificateV2/ },
    ({ leaf }) => ({
      attributes: (all) => [
        ...without('signingCertificateV2')(all),
        certificateAttribute(leaf.certificate, 1),
      ],
    }),
  ),
  edited({ title: 'that signs the hash of another certificate', says: /two certificates/ }, ({ root }) => ({
    attributes: (all) => [...without('signingCertificateV2')(all), certificateAttribute(root.certificate, 2)],
  })),
  edited({ title: 'without certificates', says: /does not hold/ }, { certificates: [] }),
  edited(
    { title: 'that names its signer by key', says: /two certificates/ },
    {
      signer: (signer) => {
        signer.version = CMSVersion.v3;
        signer.sid = new SignerIdentifier({
          subjectKeyIdentifier: new SubjectKeyIdentifier(new Uint8Array(20)),
        });
      },
    },
  ),
  edited(
    {
      title: 'with two signers',
      says: /exactly one/,
      differs: 'notation is content when one of several signers is right',
    },
    {
      signedData: ({ signerInfos }) => {
        const [first] = signerInfos;
        if (first) signerInfos.push(first);
      },
    },
  ),
  edited(
    { title: 'without a signer', says: /exactly one/ },
    {
      signedData: ({ signerInfos }) => {
        signerInfos.length = 0;
      },
    },
  ),
  edited(
    { title: 'of another version of SignedData', says: /version/ },
    {
      signedData: (data) => {
        data.version = CMSVersion.v1;
      },
    },
  ),
  edited(
    { title: 'that holds plain data', says: /no timestamp information/ },
    {
      signedData: ({ encapContentInfo }) => {
        encapContentInfo.eContentType = '1.2.840.113549.1.7.1';
      },
    },
  ),
  edited(
    { title: 'that is not SignedData', says: /not CMS SignedData/ },
    {
      contentInfo: (info) => {
        info.contentType = '1.2.840.113549.1.7.3';
      },
    },
  ),
  edited(
    {
      title: 'with a critical extension that nobody knows',
      says: /critical extension/,
      differs: 'notation does not look at the extensions of a timestamp',
    },
    { info: (info) => Object.assign(info, { extensions: criticalExtension() }) },
  ),
  edited(
    { title: 'from before its authority', says: /another time/ },
    {
      genTime: new Date(issuedAt.getTime() - 40 * 24 * 3600 * 1000),
    },
  ),
  {
    title: 'of an authority that nobody trusts',
    says: /trusted root/,
    make: async (_, signature) => stamp(await openTimestampAuthority(), signature),
  },
  byLeaf(
    { title: 'of a leaf for signing code', says: /unfit authority/ },
    { extendedKeyUsage: extendedKeyUsage([purposes.codeSigning], true) },
  ),
  byLeaf(
    { title: 'of a leaf with a second purpose', says: /unfit authority/ },
    { extendedKeyUsage: extendedKeyUsage([purposes.timeStamping, purposes.codeSigning], true) },
  ),
  byLeaf(
    { title: 'of a leaf whose purpose is not critical', says: /unfit authority/ },
    { extendedKeyUsage: extendedKeyUsage([purposes.timeStamping]) },
  ),
  byLeaf({ title: 'of a leaf without a purpose', says: /unfit authority/ }, { extendedKeyUsage: null }),
  byLeaf({ title: 'of a leaf without keyUsage', says: /unfit authority/ }, { keyUsage: null }),
  byLeaf(
    { title: 'of a leaf that may issue', says: /unfit authority/ },
    { keyUsage: keyUsage(['digitalSignature', 'keyCertSign']) },
  ),
  {
    title: 'of random bytes',
    says: /cannot be read/,
    make: () => Uint8Array.of(0x30, 0x03, 0x02, 0x01, 0x00),
  },
];
