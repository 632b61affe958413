import { decode, encode, Tagged } from 'cborg';
import { headers } from './notary-headers.ts';
import { checkDisjoint, malformed, type UntrustedEnvelope } from './untrusted-envelope.ts';

/** Labels and tags of RFC 9052, 3.1 and 4.2, RFC 9360, 2, and RFC 8949, 3.4.2. */
export const coseLabels = { algorithm: 1, critical: 2, contentType: 3, certificates: 33 } as const;
export const coseTags = { epochTime: 1, sign1: 18 } as const;

const strictly = {
  strict: true,
  allowIndefinite: false,
  allowUndefined: false,
  allowInfinity: false,
  allowNaN: false,
  allowBigInt: false,
  rejectDuplicateMapKeys: true,
  useMaps: true,
  tags: Tagged.preserve(coseTags.epochTime, coseTags.sign1),
};

/** Reads a tagged COSE_Sign1 of RFC 9052, 4.2. Throws SignatureRejected with `envelope.malformed`. */
export function parseCose(bytes: Uint8Array): UntrustedEnvelope {
  const message = parseCbor(bytes, 'COSE envelope');
  if (!(message instanceof Tagged) || message.tag !== coseTags.sign1)
    throw malformed('COSE envelope is not a tagged COSE_Sign1');
  const parts = asList(message.value, 'COSE_Sign1');
  if (parts.length !== 4) throw malformed(`COSE_Sign1 has ${parts.length} parts, expected 4`);
  const protectedHeader = asBytes(parts[0], 'COSE protected header');
  const attributes = asMap(parseCbor(protectedHeader, 'COSE protected header'), 'COSE protected header');
  const unsigned = asMap(parts[1], 'COSE unprotected header');
  checkDisjoint(attributes, unsigned);
  const payload = asBytes(parts[2], 'COSE payload');
  const token = unsigned.get(headers.timestamp);
  const agent = unsigned.get(headers.signingAgent);
  return {
    format: 'cose',
    algorithm: attributes.get(coseLabels.algorithm),
    critical: attributes.get(coseLabels.critical),
    contentType: attributes.get(coseLabels.contentType),
    attributes,
    readTime,
    certificates: asList(unsigned.get(coseLabels.certificates), 'COSE header x5chain').map((der) =>
      asBytes(der, 'certificate in x5chain'),
    ),
    payload,
    signed: coseSignedBytes(protectedHeader, payload),
    signature: asBytes(parts[3], 'COSE signature'),
    timestampToken: token === undefined ? undefined : asBytes(token, 'timestamp'),
    signingAgent: typeof agent === 'string' ? agent : undefined,
  };
}

/** Sig_structure of RFC 9052, 4.4. */
export function coseSignedBytes(protectedHeader: Uint8Array, payload: Uint8Array): Uint8Array {
  return encode(['Signature1', protectedHeader, new Uint8Array(), payload]);
}

/** Fractions of a second should not be there, says the specification, and are no fault. */
function readTime(untrusted: unknown): Date | undefined {
  if (!(untrusted instanceof Tagged) || untrusted.tag !== coseTags.epochTime) return undefined;
  if (typeof untrusted.value !== 'number') return undefined;
  const time = new Date(untrusted.value * 1000);
  return Number.isNaN(time.getTime()) ? undefined : time;
}

function parseCbor(bytes: Uint8Array, what: string): unknown {
  try {
    return decode(bytes, strictly);
  } catch (cause) {
    throw malformed(`${what} is not strict CBOR`, cause);
  }
}

function asBytes(value: unknown, what: string): Uint8Array {
  if (!(value instanceof Uint8Array)) throw malformed(`${what} is not a byte string`);
  return value;
}

function asList(value: unknown, what: string): unknown[] {
  if (!Array.isArray(value)) throw malformed(`${what} is not an array`);
  return value;
}

function asMap(value: unknown, what: string): ReadonlyMap<unknown, unknown> {
  if (!(value instanceof Map)) throw malformed(`${what} is not a map`);
  return value;
}
