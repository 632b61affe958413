import type { X509Certificate } from '@peculiar/x509';
import { humanBytes } from '../../core/index.ts';
import { checkChain, longestChain } from '../certificates/check-chain.ts';
import { parseCertificate, publicKeyOf } from '../certificates/parse-certificate.ts';
import { keySpecOf, verifyRaw } from '../keys/key-spec.ts';
import { SignatureRejected, type SignedEnvelope } from '../signed-envelope.ts';
import { type EnvelopeFormat, envelopeMediaTypes } from './notary-headers.ts';
import { parseCose } from './parse-cose.ts';
import { parseJws } from './parse-jws.ts';
import { readAttributes } from './read-attributes.ts';
import { malformed, type UntrustedEnvelope } from './untrusted-envelope.ts';

/** Bytes; the limit that notation has. */
export const largestEnvelope = 32 * 1024 * 1024;

const parsers: Readonly<Record<EnvelopeFormat, (bytes: Uint8Array) => UntrustedEnvelope>> = {
  jws: parseJws,
  cose: parseCose,
};

/**
 * Reads a signature envelope and checks all that needs neither the time nor a trust policy: form, signed attributes,
 * algorithm, signature, order and profile of the certificates. Rejects with SignatureRejected and nothing else,
 * whatever the bytes.
 */
export async function openEnvelope(bytes: Uint8Array, mediaType: string): Promise<SignedEnvelope> {
  try {
    return open(bytes, mediaType);
  } catch (cause) {
    if (cause instanceof SignatureRejected) throw cause;
    throw malformed('signature envelope cannot be read', cause);
  }
}

function open(bytes: Uint8Array, mediaType: string): SignedEnvelope {
  const envelope = parse(bytes, mediaType);
  const { format, payload, signature, signingAgent, timestampToken } = envelope;
  const attributes = readAttributes(envelope);
  const chain = parseChain(envelope.certificates);
  checkChain(chain, 'code signing');
  checkSignature(envelope, chain);
  return {
    format,
    payload,
    signature,
    chain,
    ...attributes,
    // The specification uses it under this scheme only.
    ...(timestampToken && attributes.scheme === 'notary.x509' ? { timestampToken } : {}),
    ...(signingAgent === undefined ? {} : { signingAgent }),
  };
}

function parse(bytes: Uint8Array, mediaType: string): UntrustedEnvelope {
  const format = (['jws', 'cose'] as const).find((name) => envelopeMediaTypes[name] === mediaType);
  if (!format) {
    throw new SignatureRejected(
      'envelope.media-type',
      `expected an envelope of type ${Object.values(envelopeMediaTypes).join(' or ')}`,
    );
  }
  if (bytes.length > largestEnvelope)
    throw malformed(
      `envelope has ${humanBytes(bytes.length)}, expected at most ${humanBytes(largestEnvelope)}`,
    );
  const envelope = parsers[format](bytes);
  if (envelope.payload.length === 0) throw malformed('envelope has no payload');
  if (envelope.signature.length === 0) throw malformed('envelope has no signature');
  return envelope;
}

function parseChain(certificates: readonly Uint8Array[]): X509Certificate[] {
  try {
    return certificates.slice(0, longestChain + 1).map(parseCertificate);
  } catch (cause) {
    throw malformed('a certificate of the envelope cannot be read', cause);
  }
}

/** The leaf's key decides the algorithm; the envelope may only agree. */
function checkSignature(
  { format, algorithm, signed, signature }: UntrustedEnvelope,
  chain: readonly X509Certificate[],
): void {
  const [leaf] = chain;
  const key = leaf && publicKeyOf(leaf);
  const spec = key && keySpecOf(key);
  if (!spec || algorithm !== spec[format]) {
    throw new SignatureRejected(
      'envelope.algorithm',
      `algorithm is not the one of a key of kind ${spec?.name}, ${spec?.[format]}`,
    );
  }
  if (!verifyRaw(spec, key, { data: signed, signature }))
    throw new SignatureRejected(
      'signature.wrong',
      'signature does not fit the content and the leaf certificate',
    );
}
