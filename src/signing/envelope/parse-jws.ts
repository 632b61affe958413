import { decodeExactly } from './base64.ts';
import { headers } from './notary-headers.ts';
import { parseTime } from './parse-time.ts';
import { asMembers, parseStrictJson } from './strict-json.ts';
import { checkDisjoint, malformed, type UntrustedEnvelope } from './untrusted-envelope.ts';

const members = ['payload', 'protected', 'header', 'signature'] as const;

/**
 * Reads a JWS in the flattened JSON serialization of RFC 7515, 7.2.2, with nothing beside its four members. Throws
 * SignatureRejected with `envelope.malformed`.
 */
export function parseJws(bytes: Uint8Array): UntrustedEnvelope {
  const envelope = asMembers(parseStrictJson(bytes, 'JWS envelope'), 'JWS envelope');
  if (envelope.size !== members.length || !members.every((name) => envelope.has(name)))
    throw malformed(`JWS envelope has other members than ${members.join(', ')}`);
  const decoded = (name: (typeof members)[number]) =>
    decodeExactly(envelope.get(name), 'base64url', `JWS ${name}`);
  const attributes = asMembers(
    parseStrictJson(decoded('protected'), 'JWS protected header'),
    'JWS protected header',
  );
  const unsigned = asMembers(envelope.get('header'), 'JWS unprotected header');
  checkDisjoint(attributes, unsigned);
  const token = unsigned.get(headers.timestamp);
  const agent = unsigned.get(headers.signingAgent);
  return {
    format: 'jws',
    algorithm: attributes.get('alg'),
    critical: attributes.get('crit'),
    contentType: attributes.get('cty'),
    attributes,
    readTime: parseTime,
    certificates: certificatesOf(unsigned.get('x5c')),
    payload: decoded('payload'),
    signed: Buffer.from(`${envelope.get('protected')}.${envelope.get('payload')}`, 'ascii'),
    signature: decoded('signature'),
    timestampToken: token === undefined ? undefined : decodeExactly(token, 'base64', 'timestamp'),
    signingAgent: typeof agent === 'string' ? agent : undefined,
  };
}

function certificatesOf(untrusted: unknown): Uint8Array[] {
  if (!Array.isArray(untrusted)) throw malformed('JWS envelope has no list of certificates (x5c)');
  return untrusted.map((text) => decodeExactly(text, 'base64', 'certificate in x5c'));
}
