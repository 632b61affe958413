import { createHash } from 'node:crypto';
import { AsnConvert, OctetString } from '@peculiar/asn1-schema';
import { MessageImprint, PKIStatus, TimeStampReq, TimeStampResp } from '@peculiar/asn1-tsp';
import { AlgorithmIdentifier } from '@peculiar/asn1-x509';
import type { X509Certificate } from '@peculiar/x509';
import type { HashName } from '../keys/key-spec.ts';
import { identifierOfHash } from './digest-algorithms.ts';
import { parsed } from './parse-token.ts';
import { timestampFault } from './timestamp-fault.ts';
import { verifyTimestamp } from './verify-timestamp.ts';

export interface TimestampAuthority {
  readonly url: string;
  /** Self-signed certificates that it must lead to. */
  readonly roots: readonly X509Certificate[];
  /** Posts `application/timestamp-query` and returns the body of the `application/timestamp-reply`. */
  readonly send: (url: string, body: Uint8Array) => Promise<Uint8Array>;
  /** Eight random bytes, new at every call, which tie the answer to the question. */
  readonly nonce: () => Uint8Array;
}

/**
 * Has a signature stamped, and verifies the token as a verifier will. Returns its DER. Throws what `send` throws, and
 * SignatureRejected with `timestamp.wrong` for an answer that proves nothing.
 */
export async function requestTimestamp(
  authority: TimestampAuthority,
  signature: Uint8Array,
  hash: HashName,
): Promise<Uint8Array> {
  const nonce = asPositive(authority.nonce());
  const query = new TimeStampReq({
    messageImprint: new MessageImprint({
      hashAlgorithm: new AlgorithmIdentifier({ algorithm: identifierOfHash(hash), parameters: null }),
      hashedMessage: new OctetString(createHash(hash).update(signature).digest()),
    }),
    nonce: Uint8Array.from(nonce).buffer,
    certReq: true,
  });
  const reply = await authority.send(authority.url, new Uint8Array(AsnConvert.serialize(query)));
  const { status, timeStampToken } = parsed(reply, TimeStampResp);
  if (![PKIStatus.granted, PKIStatus.grantedWithMods].includes(status.status) || !timeStampToken)
    throw timestampFault(`was refused by the authority with status ${status.status}`);
  const token = new Uint8Array(AsnConvert.serialize(timeStampToken));
  const stamp = verifyTimestamp({ token, signature, roots: authority.roots });
  if (!stamp.nonce || !Buffer.from(stamp.nonce).equals(nonce))
    throw timestampFault('answers another request');
  return token;
}

/** The bytes as a positive INTEGER in the one form that DER allows. */
function asPositive(bytes: Uint8Array): Uint8Array {
  const [first = 0, ...others] = bytes;
  return Uint8Array.of((first & 0x7f) | 0x40, ...others);
}
