import type { TSTInfo } from '@peculiar/asn1-tsp';
import type { X509Certificate } from '@peculiar/x509';
import { checkChain } from '../certificates/check-chain.ts';
import { validityFault } from '../certificates/validity.ts';
import { SignatureRejected } from '../signed-envelope.ts';
import { hashOfIdentifier, isDigestOf } from './digest-algorithms.ts';
import { findPath } from './find-path.ts';
import { parseToken } from './parse-token.ts';
import { timestampFault } from './timestamp-fault.ts';
import { verifySigner } from './verify-signer.ts';

export interface TimestampInput {
  /** DER of an RFC 3161 token. */
  readonly token: Uint8Array;
  /** The raw signature bytes that were stamped. */
  readonly signature: Uint8Array;
  /** Whom to trust: self-signed certificates of timestamping authorities. */
  readonly roots: readonly X509Certificate[];
}

/** A time that a trusted authority vouches for: the signature existed at `latest`, and was stamped after `earliest`. */
export interface Timestamp {
  readonly earliest: Date;
  readonly latest: Date;
  /** Of the authority, leaf first, root included. */
  readonly chain: readonly X509Certificate[];
  readonly nonce: Uint8Array | undefined;
}

/** Timestamp policy of ETSI EN 319 421, which promises a second without saying so in each token. */
const baselinePolicy = '0.4.0.2023.1.1';

/**
 * Verifies a timestamp over a signature: content, signature, signer's certificate, its chain to a trusted root and
 * its validity at that time. Throws SignatureRejected with `timestamp.wrong` and nothing else, whatever the bytes.
 */
export function verifyTimestamp({ token, signature, roots }: TimestampInput): Timestamp {
  try {
    const untrusted = parseToken(token);
    const leaf = verifySigner(untrusted);
    const { info } = untrusted;
    checkInfo(info, signature);
    const chain = trustedChain(leaf, { intermediates: untrusted.certificates, roots });
    const fault = validityFault(chain, info.genTime);
    if (fault) throw timestampFault(`is of another time than its authority: ${fault}`);
    return { ...bounds(info), chain, nonce: info.nonce && new Uint8Array(info.nonce) };
  } catch (cause) {
    if (cause instanceof SignatureRejected) throw cause;
    throw timestampFault('cannot be read', cause);
  }
}

function checkInfo(info: TSTInfo, signature: Uint8Array): void {
  if (info.version !== 1) throw timestampFault('has another version than 1');
  const { hashAlgorithm, hashedMessage } = info.messageImprint;
  const hash = hashOfIdentifier(hashAlgorithm.algorithm);
  if (!hash) throw timestampFault('uses an unsupported hash');
  if (!isDigestOf(hashedMessage.buffer, hash, signature))
    throw timestampFault('belongs to another signature');
  if (info.extensions?.some(({ critical }) => critical))
    throw timestampFault('has a critical extension that nobody knows');
}

function trustedChain(leaf: X509Certificate, material: Parameters<typeof findPath>[1]): X509Certificate[] {
  const chain = findPath(leaf, material);
  if (!chain) throw timestampFault('is not from an authority that leads to a trusted root');
  try {
    checkChain(chain, 'timestamping');
    return chain;
  } catch (cause) {
    if (!(cause instanceof SignatureRejected)) throw cause;
    throw timestampFault(`is from an unfit authority: ${cause.message}`, cause);
  }
}

/** RFC 3161, 2.4.2: genTime, more or less the accuracy. */
function bounds({ genTime, accuracy, policy }: TSTInfo): Pick<Timestamp, 'earliest' | 'latest'> {
  const { seconds = 0, millis = 0, micros = 0 } = accuracy ?? {};
  const stated = seconds * 1000 + millis + Math.ceil(micros / 1000);
  const milliseconds = stated === 0 && policy === baselinePolicy ? 1000 : stated;
  if (!(milliseconds >= 0)) throw timestampFault('states a negative accuracy');
  return {
    earliest: new Date(genTime.getTime() - milliseconds),
    latest: new Date(genTime.getTime() + milliseconds),
  };
}
