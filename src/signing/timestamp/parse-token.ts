import { ContentInfo, type SignerInfo } from '@peculiar/asn1-cms';
import { AsnConvert } from '@peculiar/asn1-schema';
import { TSTInfo } from '@peculiar/asn1-tsp';
import type { X509Certificate } from '@peculiar/x509';
import { longestChain } from '../certificates/check-chain.ts';
import { parseCertificate } from '../certificates/parse-certificate.ts';
import { timestampFault } from './timestamp-fault.ts';
import { TokenSignedData } from './token-schema.ts';

const signedDataType = '1.2.840.113549.1.7.2';
const timestampInfoType = '1.2.840.113549.1.9.16.1.4';

/** A timestamp token as it was written; nothing of it was checked but its form. */
export interface UntrustedToken {
  /** The bytes that the token's digest covers. */
  readonly content: Uint8Array;
  readonly info: TSTInfo;
  readonly signer: SignerInfo;
  readonly certificates: readonly X509Certificate[];
}

/** Reads a token of RFC 3161, 2.4.2. Throws SignatureRejected with `timestamp.wrong`. */
export function parseToken(token: Uint8Array): UntrustedToken {
  const { contentType, content: signedData } = parsed(token, ContentInfo);
  if (contentType !== signedDataType) throw timestampFault('is not CMS SignedData');
  const { version, encapContentInfo, certificates = [], signerInfos } = parsed(signedData, TokenSignedData);
  if (version !== 3) throw timestampFault('has another version of SignedData than 3');
  const content = encapContentInfo.eContent?.single?.buffer;
  if (encapContentInfo.eContentType !== timestampInfoType || !content)
    throw timestampFault('holds no timestamp information');
  const [signer, ...others] = signerInfos;
  if (!signer || others.length > 0) throw timestampFault('is not signed by exactly one authority');
  if (certificates.length > longestChain) throw timestampFault('holds too many certificates');
  return {
    content: new Uint8Array(content),
    info: parsed(content, TSTInfo),
    signer,
    certificates: parseAll(certificates),
  };
}

/** Parses one ASN.1 value. Throws SignatureRejected with `timestamp.wrong`. */
export function parsed<T>(bytes: Uint8Array | ArrayBuffer, type: new () => T): T {
  try {
    return AsnConvert.parse(bytes, type);
  } catch (cause) {
    throw timestampFault('cannot be read', cause);
  }
}

function parseAll(certificates: readonly ArrayBuffer[]): X509Certificate[] {
  try {
    return certificates.map((der) => parseCertificate(new Uint8Array(der)));
  } catch (cause) {
    throw timestampFault('holds a certificate that cannot be read', cause);
  }
}
