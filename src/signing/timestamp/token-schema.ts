import { Attribute, EncapsulatedContentInfo, SignerInfos } from '@peculiar/asn1-cms';
import { AsnArray, AsnProp, AsnPropTypes, AsnType, AsnTypeTypes, OctetString } from '@peculiar/asn1-schema';
import { AlgorithmIdentifier } from '@peculiar/asn1-x509';

/** Of RFC 5652, 11 and RFC 5816, 2.2. */
export const attributeTypes = {
  contentType: '1.2.840.113549.1.9.3',
  messageDigest: '1.2.840.113549.1.9.4',
  signingCertificateV2: '1.2.840.113549.1.9.16.2.47',
} as const;

class AnySet extends AsnArray<ArrayBuffer> {}
AsnType({ type: AsnTypeTypes.Set, itemType: AsnPropTypes.Any })(AnySet);

/** The signed attributes in the form that the signature covers. */
export class AttributeSet extends AsnArray<Attribute> {}
AsnType({ type: AsnTypeTypes.Set, itemType: Attribute })(AttributeSet);

/** SignedData of RFC 5652, 5.1, which keeps the bytes of certificates: written anew, they could have another hash. */
export class TokenSignedData {
  version = 0;
  digestAlgorithms = new AnySet();
  encapContentInfo = new EncapsulatedContentInfo();
  certificates?: AnySet;
  crls?: AnySet;
  signerInfos = new SignerInfos();
}
AsnProp({ type: AsnPropTypes.Integer })(TokenSignedData.prototype, 'version');
AsnProp({ type: AnySet })(TokenSignedData.prototype, 'digestAlgorithms');
AsnProp({ type: EncapsulatedContentInfo })(TokenSignedData.prototype, 'encapContentInfo');
const optionalSet = { type: AnySet, implicit: true, optional: true };
AsnProp({ ...optionalSet, context: 0 })(TokenSignedData.prototype, 'certificates');
AsnProp({ ...optionalSet, context: 1 })(TokenSignedData.prototype, 'crls');
AsnProp({ type: SignerInfos })(TokenSignedData.prototype, 'signerInfos');

/** ESSCertIDv2 of RFC 5035, 4; without an algorithm it means SHA-256. */
class SigningCertificateId {
  hashAlgorithm?: AlgorithmIdentifier;
  certHash = new OctetString();
  issuerSerial?: ArrayBuffer;
}
AsnProp({ type: AlgorithmIdentifier, optional: true })(SigningCertificateId.prototype, 'hashAlgorithm');
AsnProp({ type: OctetString })(SigningCertificateId.prototype, 'certHash');
AsnProp({ type: AsnPropTypes.Any, optional: true })(SigningCertificateId.prototype, 'issuerSerial');

class SigningCertificateIds extends AsnArray<SigningCertificateId> {}
AsnType({ type: AsnTypeTypes.Sequence, itemType: SigningCertificateId })(SigningCertificateIds);

/** The attribute that says which certificate speaks for a signature: RFC 5035, 3. */
export class SigningCertificateV2 {
  certs = new SigningCertificateIds();
  policies?: ArrayBuffer;
}
AsnProp({ type: SigningCertificateIds })(SigningCertificateV2.prototype, 'certs');
AsnProp({ type: AsnPropTypes.Any, optional: true })(SigningCertificateV2.prototype, 'policies');
